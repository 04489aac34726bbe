import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ManagedIdentityCredential } from '@azure/identity';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, importSPKI, jwtVerify, type JSONWebKeySet } from 'jose';
import { apiClientId, callers } from '../../local/emulator/constants.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { capture, graphToken } from '../support/emulatorCalls.js';

let emulator: Emulator;
const saved = { ...process.env };

beforeAll(async () => {
  emulator = await startEmulator();
  Object.assign(process.env, emulator.identityEnvironment);
});
afterEach(() => {
  emulator.reset();
});
afterAll(async () => {
  process.env = saved;
  await emulator.close();
});

describe('the managed identity', () => {
  test('gives the real credential a token for the resource it asks for', async () => {
    const credential = new ManagedIdentityCredential({ clientId: emulator.clientId });
    const { token, expiresOnTimestamp } = await credential.getToken('https://graph.microsoft.com/.default');
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${emulator.tenantId}/`,
      tid: emulator.tenantId,
      appid: emulator.clientId,
      roles: ['DeviceManagementConfiguration.ReadWrite.All'],
    });
    expect(Math.abs((claims.exp ?? 0) * 1000 - expiresOnTimestamp)).toBeLessThan(2000);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(86_400);
  });

  test('lets the real credential fail when it is not assigned', async () => {
    emulator.arm({ fault: 'F33' });
    const credential = new ManagedIdentityCredential({ clientId: emulator.clientId });
    await expect(credential.getToken('https://storage.azure.com/.default')).rejects.toThrow(/No User Assigned/);
    expect(emulator.requests().map(({ status }) => status)).toEqual([400]);
  });

  test('makes every token anew; only Graph’s have roles', async () => {
    const [one, two] = await Promise.all([graphToken(emulator), graphToken(emulator)]);
    expect(one).not.toBe(two);
    expect(decodeJwt(await graphToken(emulator, emulator.graphUrl))).toHaveProperty('roles');
    expect(decodeJwt(await graphToken(emulator, 'https://storage.azure.com'))).not.toHaveProperty('roles');
  });

  const query = { resource: 'https://graph.microsoft.com', 'api-version': '2019-08-01', client_id: '' };
  test.each<[string, number, Record<string, string>, Record<string, string>]>([
    ['a wrong secret', 401, {}, { 'x-identity-header': 'guess' }],
    ['another identity', 400, { client_id: 'e1a7c0de-0000-4000-a000-0000000000ff' }, {}],
    ['no resource', 400, { resource: '' }, {}],
    ['another version', 400, { 'api-version': '2017-09-01' }, {}],
  ])('%s: %i', async (_, status, changed, headers) => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = emulator.identityEnvironment;
    const asked = new URLSearchParams({ ...query, client_id: emulator.clientId, ...changed }).toString();
    const response = await fetch(`${IDENTITY_ENDPOINT}?${asked}`, {
      headers: { 'x-identity-header': IDENTITY_HEADER, ...headers },
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('message');
  });

  test('options change roles and life', async () => {
    const other = await startEmulator({ roles: ['User.Read.All'], tokenLifetimeSeconds: 400 });
    const { roles, exp = 0, iat = 0 } = decodeJwt(await graphToken(other));
    await other.close();
    expect([roles, exp - iat]).toEqual([['User.Read.All'], 400]);
  });
});

describe('the issuer', () => {
  const issuer = () => `${emulator.identityUrl}/${emulator.tenantId}/v2.0`;
  const form = (changed: Record<string, string> = {}) => ({
    grant_type: 'client_credentials',
    client_id: callers.write.clientId,
    client_secret: callers.write.secret,
    scope: `${apiClientId}/.default`,
    ...changed,
  });
  const ask = (fields: Record<string, string>) =>
    fetch(`${emulator.identityUrl}/${emulator.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
  const keySet = async () =>
    (await (await fetch(`${emulator.identityUrl}/${emulator.tenantId}/discovery/v2.0/keys`)).json()) as JSONWebKeySet;

  test.each([
    ['write', `${apiClientId}/.default`],
    ['read', `api://${apiClientId}/.default`],
  ] as const)('gives the %s caller a token that its published keys verify', async (name, scope) => {
    const configuration = (await (await fetch(`${issuer()}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    expect(configuration.issuer).toBe(issuer());
    const { clientId, secret, roles } = callers[name];
    const response = await ask(form({ client_id: clientId, client_secret: secret, scope }));
    const { access_token: token } = (await response.json()) as { access_token: string };
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(configuration.jwks_uri)), {
      issuer: issuer(),
      audience: apiClientId,
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ ver: '2.0', tid: emulator.tenantId, azp: clientId, roles });
  });

  test.each([
    ['another grant', 400, { grant_type: 'password' }, 'unsupported_grant_type'],
    ['an unknown client', 400, { client_id: 'nobody' }, 'unauthorized_client'],
    ['a wrong secret', 401, { client_secret: 'guess' }, 'invalid_client'],
    ['another scope', 400, { scope: 'https://graph.microsoft.com/.default' }, 'invalid_scope'],
  ])('%s: %i', async (_, status, changed, error) => {
    const response = await ask(form(changed));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  test('signs any claims and headers, and gives its key in every form', async () => {
    const token = emulator.issue({ exp: 'tomorrow', azp: undefined }, { crit: ['x'], x: 1 });
    const claims = decodeJwt(token);
    expect([claims.exp, 'azp' in claims]).toEqual(['tomorrow', false]);
    const [key] = emulator.signingKeys();
    expect(key?.privateKey.type).toBe('private');
    const good = await jwtVerify(emulator.issue(), await importSPKI(key?.publicPem ?? '', 'RS256'));
    expect(good.payload.aud).toBe(apiClientId);
  });

  test('rotates its keys: a new one signs, the old ones stay published until they are withdrawn', async () => {
    const other = await startEmulator();
    const old = other.issue();
    const keys = async () =>
      createLocalJWKSet(
        (await (await fetch(`${other.identityUrl}/${other.tenantId}/discovery/v2.0/keys`)).json()) as JSONWebKeySet,
      );
    const before = await keys();
    await other.rotateKeys();
    await expect(jwtVerify(other.issue(), before)).rejects.toThrow();
    await jwtVerify(other.issue(), await keys());
    await jwtVerify(old, await keys());
    await other.rotateKeys({ withdrawOld: true });
    await expect(jwtVerify(old, await keys())).rejects.toThrow();
    await jwtVerify(other.issue(), await keys());
    await other.close();
    expect((await keySet()).keys).toHaveLength(1);
  });

  test('knows no other address', async () => {
    expect((await fetch(`${emulator.identityUrl}/common/v2.0/.well-known/openid-configuration`)).status).toBe(501);
    const { text } = await capture(emulator.identityUrl, { method: 'GET', path: '/' });
    expect(text).toMatch(/^HTTP\/1.1 501 /);
  });
});
