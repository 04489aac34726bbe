import { HttpRequest, InvocationContext } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { createApp } from '../../src/app.js';
import { createAdmit } from '../../src/auth/admit.js';
import { readConfig } from '../../src/config.js';
import { createGraph } from '../../src/graph/client.js';
import { createAskForToken } from '../../src/graph/credential.js';
import { createShutdown } from '../../src/graph/shutdown.js';
import { createTokenSource } from '../../src/graph/token.js';
import { pointer } from '../../src/http/json.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { parserOf } from '../../src/resource/parse.js';
import { noTelemetry } from '../../src/telemetry/telemetry.js';

// Whatever breaks in what is reported of a call, its caller gets the answer.

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  Object.assign(process.env, emulator.identityEnvironment);
});
afterAll(() => emulator.close());

const breaks = () => {
  throw new RangeError('Maximum call stack size exceeded');
};
// Of what telemetry itself does with a record, its own tests tell.
const reports = ['attempt', 'audit'] as const;
type Broken = (typeof reports)[number] | 'log' | 'host of Graph';

/** One update through the app's own handler, in which these parts of reporting throw. */
async function answerOf(broken: readonly Broken[], token = emulator.issue()) {
  const parts = Object.fromEntries(reports.filter((name) => broken.includes(name)).map((name) => [name, breaks]));
  const telemetry = { ...noTelemetry, ...parts };
  const settings = readConfig(emulator.environment);
  // What a report is made of breaks before anything is handed over.
  const graphConfig = { ...settings.graph, ...(broken.includes('host of Graph') && { root: 'no address' }) };
  const shutdown = createShutdown();
  const tokens = createTokenSource({
    askForToken: createAskForToken(settings.graph),
    timeoutMs: settings.limits.tokenMs,
    refreshAheadMs: settings.limits.tokenRefreshAheadMs,
  });
  const graph = createGraph(settings, modelPerformance, tokens, shutdown, telemetry.drift);
  const [app] = createApp(
    {
      config: { ...settings, graph: graphConfig },
      resource: modelPerformance,
      graph,
      readiness: () => Promise.resolve([]),
      shutdown,
      admit: createAdmit(settings.entra),
      telemetry,
      parse: parserOf(modelPerformance, 'documented', pointer),
    },
    new Set(),
  ).filter(({ name }) => name === 'model-performance-item');
  const id = emulator.models()[0]?.id ?? '';
  emulator.arm({ fault: 'F29-nested', model: id, method: 'any', times: 'always' });
  const request = new HttpRequest({
    method: 'PATCH',
    url: `http://127.0.0.1/api/v1/model-performance/${id}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: { string: '{"windowsScore":1.5}' },
  });
  const context = new InvocationContext({ logHandler: broken.includes('log') ? breaks : () => undefined });
  const answer = await app?.handler(request, context);
  emulator.disarm();
  await graph.close();
  return answer as { status: number; body: string };
}

describe('an update is answered', () => {
  test.each<readonly Broken[]>([
    ['attempt'],
    ['audit'],
    ['log'],
    ['host of Graph'],
    [...reports, 'log', 'host of Graph'],
  ])('whatever throws: %s', async (...broken) => {
    const { status, body } = await answerOf(broken);
    expect([status, JSON.parse(body)]).toMatchObject([200, { windowsScore: 1.5, model: null }]);
  });

  test('with its problem, too', async () => {
    const { status, body } = await answerOf([...reports, 'log'], 'none');
    expect([status, JSON.parse(body)]).toMatchObject([401, { error: { code: 'invalid-token' } }]);
  });
});
