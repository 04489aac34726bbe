import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { startEmulator } from '../../local/emulator/emulator.js';
import { createAdmit } from '../../src/auth/admit.js';
import { readConfig } from '../../src/config.js';
import { createGraph } from '../../src/graph/client.js';
import { createAskForToken } from '../../src/graph/credential.js';
import { createReadiness } from '../../src/graph/readiness.js';
import { createShutdown } from '../../src/graph/shutdown.js';
import { createTokenSource } from '../../src/graph/token.js';
import type { Story } from '../../src/http/call.js';
import { handle } from '../../src/http/handle.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { noTelemetry } from '../../src/telemetry/telemetry.js';
import { startSystem, type System } from '../support/system.js';
import { leaks, play, scaled, wanted, type Played } from '../support/play.js';

const systems: System[] = [];
afterAll(() => Promise.all(systems.map(({ stop }) => stop())));

async function started(environment: Record<string, string> = {}): Promise<System> {
  const system = await startSystem({ ...scaled, ATTEMPT_TIMEOUT_MS: '20000', ...environment });
  systems.push(system);
  return system;
}

/** Resolves when this has become true. @throws Error when it does not within 20 s */
async function until(what: () => boolean): Promise<void> {
  for (let looks = 0; !what(); looks++) {
    if (looks > 4000) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when a request that fits has reached the emulator. */
const reached = ({ emulator }: System, server: string, method: string) =>
  until(() => emulator.requests({ method }).some((request) => request.server === server));

/** Ends the instance while a call is under way; how the call and the instance ended. */
async function endDuring(system: System, call: Promise<Played>, server = 'graph', method = 'PATCH'): Promise<Played> {
  await reached(system, server, method);
  system.host.child.kill('SIGTERM');
  const played = await call;
  expect(await system.host.ended).toBe(0);
  expect(system.host.output.err).not.toContain('cut off');
  return played;
}

describe('F38 the instance shuts down', () => {
  test('a write that is under way gets its time, and is verified', async () => {
    const system = await started();
    const late = { fault: 'F25-late', delayMs: 400, applied: true };
    const { answer, after } = await endDuring(system, play(system, [late]));
    expect(answer.status).toBe(200);
    expect(after.model).toBe(wanted.model);
  });

  test('an answer that is about to leave does leave', async () => {
    const system = await started({ AUDIT_FROM: 'none', SHUTDOWN_ANSWERS_MS: '1000' });
    const ids = system.emulator.models().map(({ id }) => id);
    const calls = Promise.all(ids.map((id) => system.patch(id, wanted)));
    await until(
      () => system.emulator.requests({ method: 'PATCH' }).filter(({ status }) => status > 0).length === ids.length,
    );
    system.host.child.kill('SIGTERM');
    expect((await calls).map(({ status }) => status)).toEqual(ids.map(() => 200));
    expect(await system.host.ended).toBe(0);
  });

  test('a read-back that is under way gets its time, too', async () => {
    const system = await started({ READ_BACK_DELAYS_MS: '0,400' });
    const { body } = await endDuring(system, play(system, [{ fault: 'F16' }]));
    expect(body).toMatchObject({ error: { code: 'update-not-visible' }, outcome: 'unknown' });
  });

  test('a write that takes longer is cut, and not known', async () => {
    const system = await started({ SHUTDOWN_WRITES_MS: '200' });
    const { answer, body } = await endDuring(system, play(system, [{ fault: 'F25' }]));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(body).toMatchObject({ error: { code: 'shutting-down' }, outcome: 'unknown' });
  });

  test('a wait ends at once, and nothing was applied', async () => {
    const system = await started();
    const { answer, body, writes } = await endDuring(system, play(system, [{ fault: 'F01', retryAfterSeconds: 20 }]));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(body).toMatchObject({ error: { code: 'shutting-down' }, outcome: 'not-applied' });
    expect(writes).toHaveLength(1);
  });

  test('a wait after an ambiguous attempt ends at once, and the doubt stays', async () => {
    const system = await started();
    const { body } = await endDuring(system, play(system, [{ fault: 'F06-wait', retryAfterSeconds: 20 }]));
    expect(body).toMatchObject({ error: { code: 'shutting-down' }, outcome: 'unknown' });
  });

  test('a wait for a token ends at once', async () => {
    const system = await started({ TOKEN_TIMEOUT_MS: '20000' });
    system.emulator.arm({ fault: 'F31', times: 'always' });
    const { body } = await endDuring(system, play(system, []), 'identity', 'GET');
    expect(body).toMatchObject({ error: { code: 'shutting-down' }, outcome: 'not-applied' });
  });

  test('a write that has not begun does not begin', async () => {
    const system = await started();
    const { body, writes } = await endDuring(
      system,
      play(system, [{ fault: 'none', method: 'GET', delayMs: 400 }]),
      'graph',
      'GET',
    );
    expect(body).toMatchObject({ error: { code: 'shutting-down' }, outcome: 'not-applied' });
    expect(writes).toEqual([]);
  });
});

describe('F39 an exception that nobody foresaw', () => {
  const secret = 'eyJ-a-secret-of-the-stack';

  async function answerOf(story: Story) {
    const emulator = await startEmulator();
    Object.assign(process.env, emulator.identityEnvironment);
    const config = readConfig(emulator.environment);
    const shutdown = createShutdown();
    const tokens = createTokenSource({
      askForToken: createAskForToken(config.graph),
      timeoutMs: config.limits.tokenMs,
      refreshAheadMs: config.limits.tokenRefreshAheadMs,
    });
    const graph = createGraph(config, modelPerformance, tokens, shutdown);
    const deps = {
      config,
      resource: modelPerformance,
      graph,
      readiness: createReadiness(config, graph, tokens, shutdown.waitsEnd),
      shutdown,
      admit: createAdmit(config.entra),
      telemetry: noTelemetry,
      parse: () => ({ mistakes: [] }),
    };
    const id = emulator.models()[0]?.id ?? '';
    const request = new HttpRequest({
      method: 'PATCH',
      url: `http://127.0.0.1/api/v1/model-performance/${id}`,
      params: { id },
      headers: { authorization: `Bearer ${emulator.issue()}` },
    });
    const logged: unknown[] = [];
    const context = new InvocationContext({ logHandler: (_, ...line) => logged.push(...line) });
    const answer = await handle(
      deps,
      { calls: new Set(), lastEndMs: 0 },
      { route: '{id}', methods: { PATCH: { role: 'Write', story } } },
    )(request, context);
    await graph.close();
    await emulator.close();
    return { status: answer.status, body: answer.body as string, logged: logged.join('\n') };
  }

  test('before the first attempt: internal, nothing of it in the answer, not applied', async () => {
    const { status, body, logged } = await answerOf(() => Promise.reject(new TypeError(secret)));
    expect(status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'internal' }, outcome: 'not-applied' });
    expect(body).not.toContain(secret);
    expect(logged).toMatch(/TypeError\n +at .*platform\.test/);
    expect(logged).not.toContain(secret);
  });

  test('after a write has left: not known', async () => {
    const { body } = await answerOf(async (call) => {
      await call.deps.graph.patch(call.id, { windowsScore: 1 }, call);
      throw new RangeError(secret);
    });
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'internal' }, outcome: 'unknown' });
    expect(body).not.toContain(secret);
  });
});

test('F53 the caller goes away: the write completes', async () => {
  const system = await started();
  const { emulator, baseUrl } = system;
  const id = emulator.models()[0]?.id ?? '';
  emulator.arm({ fault: 'none', method: 'PATCH', delayMs: 300 });
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  const body = JSON.stringify(wanted);
  socket.write(
    `PATCH /api/v1/model-performance/${id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${emulator.issue()}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await reached(system, 'graph', 'PATCH');
  socket.destroy();
  await until(() => emulator.model(id)?.model === wanted.model);
  expect(emulator.requests({ method: 'PATCH' })).toHaveLength(1);
});

test('F27 an endless body is left after 64 KiB, long before the attempt’s limit', async () => {
  const system = await started({ ATTEMPT_TIMEOUT_MS: '600000', DEADLINE_MS: '600000', MAX_ATTEMPTS: '1' });
  expect((await play(system, [{ fault: 'F27' }])).answer.status).toBe(200);
  expect((await play(system, [{ fault: 'F27-error' }])).body).toMatchObject({ error: { code: 'graph-unavailable' } });
  expect(leaks(system.host.output.out + system.host.output.err)).toEqual([]);
});
