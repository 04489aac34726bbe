import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { json as readJson } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readCertificate } from '../../local/emulator/certificate.js';
import { instrumentationKey } from '../../local/emulator/constants.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { graphToken } from '../support/emulatorCalls.js';
import { until } from '../support/until.js';

let emulator: Emulator;
let strict: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ envelopeLimit: 5 });
  strict = await startEmulator({ ingestionNeedsToken: true });
});
afterEach(() => {
  emulator.reset();
  strict.reset();
});
afterAll(() => Promise.all([emulator.close(), strict.close()]));

interface Reply {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly body: unknown;
}

async function track(body: string | Buffer, headers = {}, path = '/v2.1/track', to = emulator): Promise<Reply> {
  const url = /IngestionEndpoint=([^;]+)\/;/.exec(to.ingestion.connectionString)?.[1] ?? '';
  const ca = readFileSync(to.ingestion.certificatePath);
  const call = request(`${url}${path}`, { method: 'POST', headers, ca, agent: false });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const { 'retry-after': retryAfter, location } = response.headers;
  const content = await readJson(response).catch(() => undefined);
  return { status: response.statusCode, retryAfter, location, body: content };
}

const envelope = (name: string, more = {}) => ({
  name: `Microsoft.ApplicationInsights.${name}`,
  time: '2030-01-01T00:00:00.000Z',
  iKey: instrumentationKey,
  data: { baseType: `${name}Data`, baseData: {} },
  ...more,
});
const taken = (itemsReceived: number, itemsAccepted: number) =>
  expect.objectContaining({ itemsReceived, itemsAccepted });
const names = () => emulator.ingestion.envelopes().map(({ name }) => name.replace(/^.*\./, ''));

describe('ingestion', () => {
  test.each([
    ['an array', JSON.stringify([envelope('Event'), envelope('Metric')]), {}, '/v2.1/track'],
    ['lines', `${JSON.stringify(envelope('Event'))}\n${JSON.stringify(envelope('Metric'))}\n`, {}, '/v2/track'],
    [
      'gzip',
      gzipSync(JSON.stringify([envelope('Event'), envelope('Metric')])),
      { 'content-encoding': 'gzip' },
      '/v2.1/track',
    ],
  ])('takes %s', async (_, body, headers, path) => {
    expect(await track(body, headers, path)).toMatchObject({ status: 200, body: taken(2, 2) });
    expect(names()).toEqual(['Event', 'Metric']);
    expect(emulator.ingestion.envelopes('Event')).toEqual([envelope('Event')]);
    expect(emulator.ingestion.requests()).toMatchObject([{ method: 'POST', path, status: 200 }]);
  });

  test('keeps the newest, shows them by name to whoever asks, and forgets them when told', async () => {
    await track(JSON.stringify(Array.from({ length: 8 }, (_, index) => envelope(`Event${index}`))));
    expect(names()).toEqual(['Event3', 'Event4', 'Event5', 'Event6', 'Event7']);
    const shown = (await (await fetch(`${emulator.identityUrl}/__envelopes?name=Event7`)).json()) as {
      envelopes: unknown[];
    };
    expect(shown.envelopes).toEqual([envelope('Event7')]);
    emulator.reset();
    expect(names()).toEqual([]);
    expect(emulator.ingestion.requests()).toEqual([]);
  });

  test.each([
    ['no telemetry', 'nonsense', 400, 0],
    ['nothing', '', 400, 0],
    ['another resource’s key', JSON.stringify([envelope('Event', { iKey: 'other' })]), 400, 0],
    ['one bad of two', JSON.stringify([envelope('Event'), envelope('Event', { time: 'never' })]), 206, 1],
    ['one without data', JSON.stringify([envelope('Event'), envelope('Event', { data: undefined })]), 206, 1],
    ['one without name', JSON.stringify([envelope('Event'), { ...envelope('Event'), name: undefined }]), 206, 1],
  ])('refuses %s', async (_, body, status, accepted) => {
    const reply = await track(body);
    expect(reply).toMatchObject({ status, body: { itemsAccepted: accepted } });
    expect((reply.body as { errors: unknown[] }).errors).toHaveLength(1);
    expect(names()).toHaveLength(accepted);
  });

  test('says loudly what it does not know', async () => {
    expect((await track('[]', {}, '/v1/track')).status).toBe(501);
  });

  test('takes only tokens for it where local authentication is off', async () => {
    const body = JSON.stringify([envelope('Event')]);
    const bearer = async (resource: string) => ({ authorization: `Bearer ${await graphToken(strict, resource)}` });
    expect((await track(body, {}, undefined, strict)).status).toBe(401);
    expect((await track(body, await bearer('https://graph.microsoft.com'), undefined, strict)).status).toBe(401);
    expect((await track(body, await bearer('https://monitor.azure.com'), undefined, strict)).status).toBe(200);
    expect(strict.ingestion.envelopes()).toHaveLength(1);
  });
});

describe('F35', () => {
  const body = JSON.stringify([envelope('Event'), envelope('Metric')]);

  test('F35-429 asks for a wait', async () => {
    emulator.arm({ fault: 'F35-429', retryAfterSeconds: 7 });
    expect(await track(body)).toMatchObject({ status: 429, retryAfter: '7' });
    expect(names()).toEqual([]);
    expect((await track(body)).status).toBe(200);
  });
  test('F35-500 takes nothing', async () => {
    emulator.arm({ fault: 'F35-500' });
    expect((await track(body)).status).toBe(500);
    expect(names()).toEqual([]);
  });
  test('F35-redirect points at a server that remembers who comes', async () => {
    emulator.arm({ fault: 'F35-redirect' });
    const { status, location = '' } = await track(body);
    expect(status).toBe(307);
    expect(emulator.requests()).toEqual([]);
    await fetch(location, { method: 'POST', body });
    expect(emulator.requests()).toMatchObject([{ server: 'elsewhere', path: '/v2.1/track' }]);
  });
  test('F35-partial takes every second envelope', async () => {
    emulator.arm({ fault: 'F35-partial' });
    expect(await track(body)).toMatchObject({ status: 206, body: taken(2, 1) });
    expect(names()).toEqual(['Event']);
  });
  test('F35-down refuses connections until disarmed', async () => {
    emulator.arm({ fault: 'F35-down' });
    await expect(track(body)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    emulator.disarm();
    expect((await track(body)).status).toBe(200);
  });
  test('F35-slow never answers', async () => {
    emulator.arm({ fault: 'F35-slow' });
    const answer = track(body).catch((error: unknown) => (error as { code: string }).code);
    await until('the request', () => emulator.ingestion.requests().length > 0);
    emulator.disarm();
    expect(await answer).toBe('ECONNRESET');
    expect(names()).toEqual([]);
  });
});

describe('the certificate', () => {
  test('is made once however many start at the same time, for this machine, and for its owner’s eyes only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    try {
      const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => readCertificate(folder)));
      for (const other of [...others, await readCertificate(folder)]) expect(other).toEqual(first);
      const { path = '', pem = '' } = first ?? {};
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
      const certificate = new X509Certificate(pem);
      expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
      expect(certificate.checkHost('localhost')).toBe('localhost');
      expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now() + 365 * 86_400_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is made anew when the file is broken, cut off or without its key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
    try {
      const { path, pem } = await readCertificate(folder);
      for (const broken of ['', 'garbage', pem.slice(0, -100), pem.slice(0, pem.indexOf('-----BEGIN PRIVATE'))]) {
        writeFileSync(path, broken);
        const made = await readCertificate(folder);
        expect(made.pem).not.toBe(broken);
        expect(await readCertificate(folder)).toEqual(made);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
