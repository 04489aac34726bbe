import { HttpRequest, InvocationContext } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { compose } from '../../src/compose.js';
import { readConfig } from '../../src/config.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { appFunctions, functionName } from '../../src/register.js';
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
const reports = ['attempt', 'audit', 'drift'] as const;
type Broken = (typeof reports)[number] | 'log';

/** One update through the app's own handler, in which these parts of reporting throw. */
async function answerOf(broken: readonly Broken[], token = emulator.issue()) {
  const throwing = Object.fromEntries(reports.filter((name) => broken.includes(name)).map((name) => [name, breaks]));
  const parts = compose(readConfig(emulator.environment), modelPerformance, () => undefined, {
    ...noTelemetry,
    ...throwing,
  });
  const route = 'api/v1/model-performance/{id}';
  const [app] = appFunctions(parts).filter(({ name }) => name === functionName(route));
  if (app?.trigger !== 'http') throw new Error('There is no such function.');
  const id = emulator.models()[0]?.id ?? '';
  emulator.arm({ fault: 'F29-nested', model: id, method: 'any', times: 'always' });
  const request = new HttpRequest({
    method: 'PATCH',
    url: `http://127.0.0.1/api/v1/model-performance/${id}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: { string: '{"windowsScore":1.5}' },
  });
  const context = new InvocationContext({ logHandler: broken.includes('log') ? breaks : () => undefined });
  const answer = await app.handler(request, context);
  emulator.disarm();
  await parts.close();
  return answer as { status: number; body: string };
}

describe('an update is answered', () => {
  test.each<readonly Broken[]>([['attempt'], ['audit'], ['log'], ['drift'], [...reports, 'log']])(
    'whatever throws: %s',
    async (...broken) => {
      const { status, body } = await answerOf(broken);
      expect([status, JSON.parse(body)]).toMatchObject([200, { windowsScore: 1.5, model: null }]);
    },
  );

  test('with its problem, too', async () => {
    const { status, body } = await answerOf([...reports, 'log'], 'none');
    expect([status, JSON.parse(body)]).toMatchObject([401, { error: { code: 'invalid-token' } }]);
  });
});
