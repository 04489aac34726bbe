import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { startEmulator } from '../../local/emulator/emulator.js';
import { compose } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Handler } from '../../src/http/call.js';
import { handle } from '../../src/http/handle.js';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { send } from '../support/host-fixture/process.js';
import { rawCall } from '../support/rawCall.js';
import type { System } from '../support/system.js';
import { useSystem, useSystems } from '../support/useSystem.js';
import { leaks, play, scaled, wanted } from '../support/play.js';
import { until } from '../support/until.js';

const start = useSystems({ ...scaled, ATTEMPT_TIMEOUT_MS: '20000' });

/** Resolves when a request that fits has reached the emulator. */
const reached = ({ emulator }: System, server: string, method: string) =>
  until(`a ${method} for ${server}`, () => emulator.requests({ method }).some((request) => request.server === server));

/** The platform's 30 s and 41 s at the end of an instance, scaled down. */
const soon = { flags: ['--answers-limit-ms', '100', '--invocations-limit-ms', '200'] };

/** Ends the instance while a call runs that takes longer than the platform waits for it, and tells what became of the call. */
async function cutOff(system: System, faults: readonly ArmedFault[], server = 'graph', method = 'PATCH') {
  const { emulator, host } = system;
  const id = emulator.models()[0]?.id ?? '';
  emulator.arm(faults);
  const answer = system.patch(id, wanted).then(
    () => 'answered',
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );
  await reached(system, server, method);
  host.child.kill('SIGTERM');
  expect(await answer).toBe('ECONNRESET');
  expect(await host.ended).toBe(0);
  expect(host.output.err).not.toContain('cut off');
  return {
    logged: logged(host.output.out + host.output.err),
    writes: emulator.requests({ id, method: 'PATCH' }).length,
    model: emulator.model(id)?.model,
  };
}

const logged = (text: string) =>
  [...text.matchAll(/\{"problem":.*\}$/gm)].map(([line]) => JSON.parse(line) as Record<string, unknown>);

describe('F38 the instance shuts down', () => {
  // The app learns of it when the last call has been answered: a call goes on as if nothing were.
  test.each([
    { what: 'a write', faults: [{ fault: 'F25-late', delayMs: 400, applied: true }], status: 200 },
    { what: 'a wait', faults: [{ fault: 'F01', retryAfterSeconds: 1 }], status: 200 },
    { what: 'a look', faults: [{ fault: 'F16' }], environment: { READ_BACK_DELAYS_MS: '0,400' }, status: 424 },
  ])('$what that is under way has its time, and is answered', async ({ faults, environment, status }) => {
    const system = await start(environment);
    const call = play(system, faults);
    await reached(system, 'graph', 'PATCH');
    system.host.child.kill('SIGTERM');
    expect((await call).answer.status).toBe(status);
    expect(await system.host.ended).toBe(0);
    expect(system.host.output.err).not.toMatch(/cut off|are reset/);
  });

  // Nobody reads an answer any more; log and audit do.
  test('a write that is under way at the end gets its time, and is verified', async () => {
    const system = await start({}, soon);
    const seen = await cutOff(system, [{ fault: 'F25-late', delayMs: 600, applied: true }]);
    expect(seen).toEqual({ logged: [], writes: 1, model: wanted.model });
  });

  test.each<{ what: string; faults: ArmedFault[]; on?: [string, string]; outcome: string; writes: number }>([
    { what: 'a write that takes longer is cut', faults: [{ fault: 'F25' }], outcome: 'unknown', writes: 1 },
    {
      what: 'a wait ends at once',
      faults: [{ fault: 'F01', retryAfterSeconds: 20 }],
      outcome: 'not-applied',
      writes: 1,
    },
    {
      what: 'a wait after an ambiguous attempt ends at once',
      faults: [{ fault: 'F06-wait', retryAfterSeconds: 20 }],
      outcome: 'unknown',
      writes: 1,
    },
    {
      what: 'a wait for a token ends at once',
      faults: [{ fault: 'F31', times: 'always' }],
      on: ['identity', 'GET'],
      outcome: 'not-applied',
      writes: 0,
    },
    {
      what: 'a write that has not begun does not begin',
      faults: [{ fault: 'none', method: 'GET', delayMs: 800 }],
      on: ['graph', 'GET'],
      outcome: 'not-applied',
      writes: 0,
    },
  ])('$what: $outcome', async ({ faults, on = ['graph', 'PATCH'], outcome, writes }) => {
    const system = await start({ SHUTDOWN_WRITES_MS: '1000', TOKEN_TIMEOUT_MS: '20000' }, soon);
    const seen = await cutOff(system, faults, ...on);
    expect(seen).toMatchObject({ logged: [{ problem: 'shutting-down', status: 503, outcome }], writes });
  });
});

describe('F56 a header that makes a call hang in stream mode', () => {
  const system = useSystem({ ...scaled, STREAM_TIMEOUT_MS: '3000' });

  // A query that is called `Headers` hides them from the app: then the time limit ends the call.
  const path = '/api/health/live';
  test.each([
    { what: 'a value that is not ASCII', head: 'x-name: \u00fc', target: path, status: 500 },
    { what: 'the same, hidden', head: 'x-name: \u00fc', target: `${path}?Headers={}`, status: 500 },
    { what: 'headers over 16 KiB', head: `x-long: ${'a'.repeat(20_000)}`, target: path, status: 200 },
    { what: 'an expectation', head: 'expect: foo', target: path, status: 200 },
    { what: 'an own x-ms-invocation-id', head: 'x-ms-invocation-id: %', target: path, status: 400 },
    {
      what: 'a query that stands for bad headers',
      head: 'x-name: x',
      target: `${path}?Headers=${encodeURIComponent('{"a b":""}')}`,
      status: 200,
    },
    { what: 'one that is always the same', head: 'x-ms-invocation-id: mine', target: path, status: 400 },
    { what: 'the same, hidden', head: 'x-ms-invocation-id: %', target: `${path}?Headers={}`, status: 400 },
  ])('$what, twenty at once: $status', async ({ head, target, status }) => {
    const calls = Array.from({ length: 20 }, (_, index) =>
      rawCall(system.baseUrl, `GET ${target} HTTP/1.1`, { head: [head.replace('%', `own-${index}`)], body: '' }),
    );
    expect((await Promise.all(calls)).map((answer) => answer.status)).toEqual(calls.map(() => status));
  });

  test('a write with a body is refused, and nothing leaves', async () => {
    const id = system.emulator.models()[0]?.id ?? '';
    const { status } = await send(system.baseUrl, `/api/v1/model-performance/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${system.emulator.issue()}`, 'x-ms-invocation-id': 'mine' },
      body: JSON.stringify(wanted),
    });
    expect({ status, requests: system.emulator.requests({ id }) }).toEqual({ status: 400, requests: [] });
  });

  test('nothing stays behind: the instance ends at once', async () => {
    expect((await system.call(path)).status).toBe(200);
    await system.stop();
    expect(system.host.output.err).not.toMatch(/cut off|are reset/);
  });
});

describe('F57 settings that cannot be used', () => {
  const settings = { MAX_ATTEMPTS: 'SECRET-many', ENTRA_TENANT_ID: '', GRAPH_VERSION: 'SECRET-v9' };
  const system = useSystem(settings, { flags: ['--list'] });

  test('every route answers not-configured, and says nothing of them', async () => {
    const routes = [...system.host.output.out.matchAll(/^ {2}[\w-]+: [A-Z,]+ http:\/\/[^/]+(?<path>\S+)$/gm)];
    expect(routes.length).toBeGreaterThan(10);
    for (const { groups } of routes) {
      const answer = await send(system.baseUrl, groups?.path?.replace(/\{\*?\w+\}/, 'x') ?? '');
      expect(answer).toMatchObject({ status: 503, headers: { 'x-ms-error-code': 'not-configured' } });
      expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'not-applied', error: { code: 'not-configured' } });
      expect(answer.text).not.toMatch(/SECRET|MAX_ATTEMPTS|ENTRA_TENANT_ID|GRAPH_VERSION/);
    }
  });

  test('each mistake is one line of the log, with an example and without its value', () => {
    const { err } = system.host.output;
    expect(err.match(/^Settings error: .*$/gm)).toEqual([
      expect.stringMatching(/^Settings error: GRAPH_VERSION has a value .* Example: GRAPH_VERSION=beta$/),
      expect.stringMatching(/^Settings error: ENTRA_TENANT_ID is missing/),
      expect.stringMatching(/^Settings error: MAX_ATTEMPTS has a value/),
    ]);
    expect(err).not.toContain('SECRET');
  });
});

describe('F39 an exception that nobody foresaw', () => {
  const secret = 'eyJ-a-secret-of-the-stack';

  async function answerOf(handler: Handler) {
    const emulator = await startEmulator();
    Object.assign(process.env, emulator.identityEnvironment);
    const parts = compose(readConfig(emulator.environment), modelPerformance, () => undefined);
    const id = emulator.models()[0]?.id ?? '';
    const request = new HttpRequest({
      method: 'PATCH',
      url: `http://127.0.0.1/api/v1/model-performance/${id}`,
      params: { id },
      headers: { authorization: `Bearer ${emulator.issue()}` },
    });
    const logged: unknown[] = [];
    const context = new InvocationContext({ logHandler: (_, ...line) => logged.push(...line) });
    const path = { route: '{id}', methods: { PATCH: { role: 'Write', handler } } } as const;
    const answer = await handle(path, parts)(request, context);
    await parts.close();
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
    const { body } = await answerOf(async (call, { graph }) => {
      await graph.patch(call.id, { windowsScore: 1 }, call);
      throw new RangeError(secret);
    });
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'internal' }, outcome: 'unknown' });
    expect(body).not.toContain(secret);
  });
});

test('F53 the caller goes away: the write completes', async () => {
  const system = await start();
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
  await until('the new value in Graph', () => emulator.model(id)?.model === wanted.model);
  expect(emulator.requests({ method: 'PATCH' })).toHaveLength(1);
});

test('F27 an endless body is left after 64 KiB, long before the attempt’s limit', async () => {
  const system = await start({ ATTEMPT_TIMEOUT_MS: '600000', DEADLINE_MS: '600000', MAX_ATTEMPTS: '1' });
  expect((await play(system, [{ fault: 'F27' }])).answer.status).toBe(200);
  expect((await play(system, [{ fault: 'F27-error' }])).body).toMatchObject({ error: { code: 'graph-unavailable' } });
  expect(leaks(system.host.output.out + system.host.output.err)).toEqual([]);
});
