import { expect, test } from '@jest/globals';
import { functionName, registeredOf } from '../../src/register.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { useSystem } from '../support/useSystem.js';

const documented = registeredOf(modelPerformance);

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What the app says of itself. */
const functions = [
  { name: 'home', roles: { GET: 'none' } as const },
  { name: 'api', roles: { GET: 'none' } as const },
  ...documented.map(({ route, roles }) => ({ name: functionName(`api/${route}`), roles })),
];

/** The open ones that lead on to the documentation page; the others show something. */
const leadOn = ['home', 'api'];

// There is no storage here: what asks for it must fail soon.
const system = useSystem({ STORAGE_RETRY_MS: '10' }, { flags: ['--list'] });

/** The functions that the platform knows, as the host lists them: `  name: METHODS address`. */
const registered = () =>
  [...system.host.output.out.matchAll(/^ {2}(?<name>[\w-]+): (?<methods>[A-Z,]+) (?<address>\S+)$/gm)].map(
    ({ groups = {} }) => ({
      name: groups.name ?? '',
      methods: groups.methods?.split(',') ?? [],
      path: (groups.address ?? '')
        .replace(/^http:\/\/[^/]+/, '')
        .replace('{file}', 'page.js')
        .replaceAll(/\{\*?\w+\}/g, 'x'),
    }),
  );

test('what is registered is what register.ts lists, each for every method', () => {
  expect(
    registered()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(functions.map(({ name }) => name).sort());
  for (const one of registered()) expect([...one.methods].sort()).toEqual([...methods].sort());
});

test.each(
  functions.flatMap(({ name, roles }) => Object.entries(roles).map(([method, role]) => ({ name, method, role }))),
)('$name states who may $method: $role', ({ method, role }) => {
  expect(methods).toContain(method);
  expect(['Write', 'Read', 'Operate', 'none']).toContain(role);
});

test('only what is stated to be open answers a caller without a token', async () => {
  for (const { name, path, methods: known } of registered()) {
    const roles = functions.find((one) => one.name === name)?.roles ?? {};
    for (const method of known) {
      system.emulator.reset();
      const { status } = await system.call(path, { method, withoutToken: true });
      const unstated = Object.keys(roles).length === 0 ? 404 : 405;
      const role = roles[method === 'HEAD' ? 'GET' : method];
      const open = leadOn.includes(name) ? 302 : 200;
      const wanted = role === undefined ? unstated : role === 'none' ? open : 401;
      expect({ name, method, status }).toEqual({ name, method, status: wanted });
      if (role !== 'none') expect(system.emulator.requests()).toEqual([]);
    }
  }
});

test('a stated role is the one that is needed', async () => {
  const tokens = {
    none: [],
    Read: ['ModelPerformance.Read'],
    Write: ['ModelPerformance.Write'],
    Operate: ['ModelPerformance.Operate'],
  };
  const refused = { none: [], Read: ['none'], Write: ['none', 'Read'], Operate: ['none', 'Read'] } as const;
  for (const { name, path } of registered()) {
    for (const [method, role] of Object.entries(functions.find((one) => one.name === name)?.roles ?? {})) {
      const statusWith = async (roles: string[]) => {
        const headers = { authorization: `Bearer ${system.emulator.issue({ roles })}` };
        return (await system.call(path, { method, headers })).status;
      };
      for (const lesser of refused[role]) expect([method, await statusWith(tokens[lesser])]).toEqual([method, 403]);
      expect([method, await statusWith(tokens[role])]).not.toEqual([method, 403]);
      expect([method, await statusWith(tokens.Write)]).not.toEqual([method, 403]);
    }
  }
});
