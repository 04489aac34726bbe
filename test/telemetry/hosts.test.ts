import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { attempt, endProcesses, parentOf, startTelemetry, update } from './fixture/process.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ ingestionNeedsToken: true });
});
afterEach(endProcesses);
afterAll(() => emulator.close());

const probe = resolve('test/telemetry/fixture/probe.cjs');
const fileOf = (pid: number | undefined) => join(tmpdir(), `connections-${pid ?? 0}`);
/** Hosts in the order of the alphabet, each once. */
function hostsOf(pid: number | undefined): string[] {
  const file = fileOf(pid);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  rmSync(file, { force: true });
  return [...new Set(lines)].sort();
}
const hostOf = (url: string) => new URL(url).host;

test('the process connects to ingestion and to the identity’s endpoint, and to nothing else, in minutes', async () => {
  const telemetry = await startTelemetry(emulator, { identityClientId: emulator.clientId }, ['--require', probe]);
  await telemetry.record(['attempt', parentOf(1), attempt], ['audit', parentOf(1), update]);
  await until('the first event', () => emulator.ingestion.envelopes('Event').length > 0);
  // Ten minutes and more on the process's fast clock: settings are asked for after 5 to 15 seconds.
  await pause(4_000);
  await telemetry.record(['audit', parentOf(2), update]);
  await telemetry.close(60_000);
  const ingestionUrl = /IngestionEndpoint=([^;]+)/.exec(emulator.ingestion.connectionString)?.[1] ?? '';
  expect(hostsOf(telemetry.child.pid)).toEqual(
    [hostOf(ingestionUrl), hostOf(emulator.identityEnvironment.IDENTITY_ENDPOINT)].sort(),
  );
});

test('the same measure finds what the library does by itself', async () => {
  const { connectionString, certificatePath } = emulator.ingestion;
  const child = spawn(
    process.execPath,
    ['--require', probe, resolve('test/telemetry/fixture/talkative.cjs'), connectionString],
    {
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificatePath },
      stdio: 'ignore',
    },
  );
  await once(child, 'exit');
  expect(hostsOf(child.pid)).toEqual(
    expect.arrayContaining([
      '169.254.169.254:80',
      'settings.sdk.monitor.azure.com',
      'settings.sdk.monitor.azure.com:443',
    ]),
  );
});
