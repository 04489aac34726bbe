import { expect, test } from '@jest/globals';
import { functionName, registeredOf } from '../src/register.js';
import { modelPerformance } from '../src/resource/modelPerformance.js';

const registered = registeredOf(modelPerformance);

const routes = [...registered.map(({ route }) => route), 'v1/zebra/{id}'].map((route) => `api/${route}`);

/** A path that a route is for. */
const sampleOf = (route: string) => route.replaceAll(/\{\*?\w+\}/g, 'x');

function takes(route: string, path: string): boolean {
  const pattern = route
    .replaceAll('.', '\\.')
    .replaceAll(/\{\*\w+\}/g, '.*')
    .replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}

const overlaps = routes.flatMap((route) =>
  routes.filter((other) => other !== route && takes(other, sampleOf(route))).map((other) => [route, other] as const),
);

test('there are routes that swallow others', () => {
  expect(overlaps).toContainEqual(['api/v1/model-performance/batch', 'api/v1/model-performance/{id}']);
  expect(overlaps).toContainEqual(['api/v1/model-performance/{id}/preview', 'api/v1/{*path}']);
});

test.each(overlaps)('%s is tried before %s', (route, other) => {
  const [first] = [functionName(other), functionName(route)].sort();
  expect(first).toBe(functionName(route));
});

test('names are the platform’s, and each is one function’s', () => {
  const names = ['/', 'api', ...routes].map(functionName);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z][\w-]{0,126}$/i.test(name))).toEqual([]);
});
