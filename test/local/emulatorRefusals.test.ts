import { describe, expect, test } from '@jest/globals';
import { beta, codeOf, firstModel, messageOf, type Sent } from '../support/emulatorCalls.js';
import { useEmulator } from '../support/useEmulator.js';

const first = firstModel();
const graph = useEmulator();
const { call } = graph;
const patch = (body: unknown, sent: Partial<Sent> = {}, id = first.id) => call('PATCH', beta(id), { body, ...sent });

describe('refusals of a PATCH', () => {
  const big = 2 ** 31;
  test.each<[string, unknown]>([
    ['Int32 too large', { modelDeviceCount: big }],
    ['Int32 too small', { modelDeviceCount: -big - 1 }],
    ['Int32 with a fraction', { modelDeviceCount: 1.5 }],
    ['Int32 as text', { modelDeviceCount: '5' }],
    ['Int32 null', { modelDeviceCount: null }],
    ['Double as text', { windowsScore: '5' }],
    ['Double null', { windowsScore: null }],
    ['Double beyond its range', '{"windowsScore":1e400}'],
    ['Text as number', { model: 5 }],
    ['no member', { healthStatus: 'MeetingGoals' }],
    ['an inherited name as member', { healthStatus: 'constructor' }],
    ['enumeration null', { healthStatus: null }],
    ['unknown property', { windowsscore: 5 }],
    ['an inherited name as property', '{"__proto__":{}}'],
    ['another type', { '@odata.type': '#microsoft.graph.user', windowsScore: 1 }],
    ['another key', { id: 'other', windowsScore: 1 }],
    ['an array', []],
    ['null', 'null'],
    ['no JSON', '{windowsScore:1}'],
    ['an empty body', ''],
    ['no UTF-8', new Uint8Array([0x7b, 0x22, 0x6d, 0x6f, 0x64, 0x65, 0x6c, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
  ])('%s: 400 BadRequest', async (_, body) => {
    const reply = await patch(body);
    expect([reply.status, codeOf(reply)]).toEqual([400, 'BadRequest']);
    expect(graph.emulator.model(first.id)).toEqual(first);
  });

  test('the bounds themselves are good', async () => {
    const body = { modelDeviceCount: -big, windowsScore: Number.MAX_VALUE, manufacturer: null, id: first.id };
    expect((await patch(body)).status).toBe(200);
    expect(graph.emulator.model(first.id)).toEqual({ ...first, ...body });
  });

  test('content types', async () => {
    const body = new TextEncoder().encode('{"windowsScore":1}');
    expect((await patch(body, { headers: {} })).status).toBe(400);
    expect((await patch(body, { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await patch(body, { headers: { 'content-type': 'application/json; charset=utf-8' } })).status).toBe(200);
  });

  test('unknown ids and everything that is not built', async () => {
    expect(codeOf(await patch({ windowsScore: 1 }, {}, 'nobody'))).toBe('ResourceNotFound');
    expect((await patch({ windowsScore: 1 }, {}, 'a%2Fb')).status).toBe(404);
    const unknown = [
      call('DELETE', beta(first.id)),
      call('POST', beta(), { body: {} }),
      call('GET', `${beta(first.id)}/children`),
      call('GET', '/beta/users'),
      call('GET', '/v2.0/users'),
      call('GET', '/'),
      call('GET', beta('%zz')),
      call('GET', `${beta(first.id)}?$expand=x`),
      call('GET', '/beta/$batch'),
      patch({}),
    ];
    for (const reply of await Promise.all(unknown)) expect([reply.status, codeOf(reply)]).toEqual([501, 'NotEmulated']);
    expect(messageOf(await call('GET', '/beta/users'))).toContain('GET /beta/users');
  });
});

describe('tokens', () => {
  const hour = 3600;
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const good = () => ({
    aud: 'https://graph.microsoft.com',
    iss: `https://sts.windows.net/${graph.emulator.tenantId}/`,
    roles: ['DeviceManagementConfiguration.ReadWrite.All'],
  });

  test.each<[string, () => string | null]>([
    ['no token', () => null],
    ['no JWT', () => 'abc'],
    ['another signature', () => `${graph.token.slice(0, -8)}AAAAAAAA`],
    ['none', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${graph.token.split('.')[1] ?? ''}.`],
    ['our own API', () => graph.emulator.issue()],
    ['another audience', () => graph.emulator.issue({ ...good(), aud: 'https://graph.microsoft.us' })],
    ['expired', () => graph.emulator.issue({ ...good(), exp: nowSeconds() - 1 })],
    ['no expiry', () => graph.emulator.issue({ ...good(), exp: undefined })],
    ['not yet valid', () => graph.emulator.issue({ ...good(), nbf: nowSeconds() + hour })],
  ])('%s: 401', async (_, as) => {
    const reply = await call('GET', beta(), { as: as() });
    expect([reply.status, codeOf(reply)]).toEqual([401, 'InvalidAuthenticationToken']);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  test.each(['https://graph.microsoft.com', 'https://graph.microsoft.com/', 'own', 'own/'])(
    'audience %s',
    async (audience) => {
      const aud = audience.replace('own', graph.emulator.graphUrl);
      expect((await call('GET', beta(), { as: graph.emulator.issue({ ...good(), aud }) })).status).toBe(200);
    },
  );

  test.each([
    ['DeviceManagementConfiguration.ReadWrite.All', [200, 200, 403, 403]],
    ['DeviceManagementConfiguration.Read.All', [200, 403, 403, 403]],
    ['DeviceManagementManagedDevices.ReadWrite.All', [200, 200, 200, 200]],
    ['DeviceManagementManagedDevices.Read.All', [200, 403, 200, 403]],
    ['User.Read.All', [403, 403, 403, 403]],
  ])('%s on beta and v1.0', async (role, expected) => {
    const as = graph.emulator.issue({ ...good(), roles: [role] });
    const v1 = beta(first.id).replace('beta', 'v1.0');
    const body = { windowsScore: 1 };
    const replies = [
      await call('GET', beta(first.id), { as }),
      await patch(body, { as }),
      await call('GET', v1, { as }),
      await call('PATCH', v1, { as, body }),
    ];
    expect(replies.map(({ status }) => status)).toEqual(expected);
    for (const reply of replies) if (reply.status === 403) expect(messageOf(reply)).toContain('"_version":3');
  });
});
