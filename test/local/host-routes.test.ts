import { describe, expect, test } from '@jest/globals';
import type { RegisteredFunction } from '../../local/host/core.js';
import { buildRoutes, findRoute } from '../../local/host/routes.js';
import { readTarget } from '../../local/host/target.js';

function http(name: string, route?: string, methods = ['GET']): RegisteredFunction {
  const trigger = { type: 'httpTrigger', direction: 'in', methods, ...(route !== undefined && { route }) };
  return { name, bindings: { req: trigger }, triggerName: 'req', trigger, callback: () => undefined };
}

function find(functions: RegisteredFunction[], path: string, method = 'GET', prefix = 'api') {
  const match = findRoute(buildRoutes(functions, prefix), method, path);
  return match && { name: match.route.function.name, params: { ...match.params } };
}

describe('which template matches which path', () => {
  test.each([
    ['items', '/api/items', {}],
    ['items', '/API/Items/', {}],
    ['items', '/api/items//', undefined],
    ['items', '/api//items', undefined],
    ['items', '/items', undefined],
    ['items', '/api/items/1', undefined],
    ['items/', '/api/items', {}],
    ['items/{id}', '/api/items/aB', { id: 'aB' }],
    ['items/{id}', '/api/items/', undefined],
    ['items/{id}', '/api/items/a/b', undefined],
    ['items/{id}/x', '/api/items/a/X', { id: 'a' }],
    ['items/{id?}', '/api/items', {}],
    ['items/{id?}', '/api/items/7', { id: '7' }],
    ['items/{a?}/{b?}', '/api/items/1/2', { a: '1', b: '2' }],
    ['v1/{*path}', '/api/v1', {}],
    ['v1/{*path}', '/api/v1/', {}],
    ['v1/{*path}', '/api/v1/a/b/', { path: 'a/b/' }],
    ['v1/{*path}', '/api/v1/a//b', { path: 'a//b' }],
    ['v1/{*path}', '/api/v1//b', undefined],
    ['v1/{*path}', '/api/v10', undefined],
    [undefined, '/api/one', {}],
  ])('%s and %s', (route, path, params) => {
    expect(find([http('one', route)], path)?.params).toEqual(params);
  });

  test.each([
    ['x', '/x'],
    ['/', '/'],
    ['', '/one'],
  ])('without a prefix, %j is %s', (route, path) => {
    expect(find([http('one', route)], path, 'GET', '')).toEqual({ name: 'one', params: {} });
  });
});

describe('which function wins', () => {
  const functions = [
    http('b', 'x/literal'),
    http('A', 'x/{any}'),
    http('c', 'x/{any}', ['POST']),
    http('D', '{*rest}'),
  ];

  test.each([
    ['GET', '/api/x/literal', 'A'],
    ['POST', '/api/x/literal', 'c'],
    ['GET', '/api/x', 'D'],
    ['PUT', '/api/x/literal', undefined],
    ['HEAD', '/api/x/literal', undefined],
    ['QUERY', '/api/x/literal', undefined],
  ])('%s %s', (method, path, name) => {
    expect(find(functions, path, method)?.name).toBe(name);
  });
});

describe('what is refused', () => {
  test.each([
    ['admin/x', 'begins with "admin" or "runtime"'],
    ['Administrators', 'begins with "admin" or "runtime"'],
    ['/runtime', 'begins with "admin" or "runtime"'],
    ['/x', 'empty segment'],
    ['/', 'empty segment'],
    ['x//y', 'empty segment'],
    ['x/{id:int}', '"{id:int}" is more than'],
    ['x/{id=7}', 'is more than'],
    ['x/{id}.json', 'is more than'],
    ['{*rest}/x', 'must stand at its end'],
    ['{id}/{ID}', 'one parameter twice'],
  ])('the route %s', (route, words) => {
    expect(() => buildRoutes([http('one', route)], 'api')).toThrow(`Function "one" has the route "${route}": `);
    expect(() => buildRoutes([http('one', route)], 'api')).toThrow(words);
  });

  test('a method that fails inside the library', () => {
    expect(() => buildRoutes([http('one', 'x', ['TRACE'])], 'api')).toThrow('the method TRACE does not work');
  });

  test('one route with one method twice', () => {
    const functions = [http('two', 'X', ['GET', 'POST']), http('one', 'x', ['POST'])];
    expect(() => buildRoutes(functions, 'api')).toThrow('Functions "one" and "two" share a route and a method.');
  });
});

describe('what the web server makes of a request target', () => {
  test.each([
    ['/a/b?c=%41', '/a/b', '/a/b?c=%41'],
    ['/%61%2Fb', '/a%2Fb', '/a%252Fb'],
    ['/a%2fb', '/a%2fb', '/a%252fb'],
    ['/a/../b', '/b', '/b'],
    ['/a/%2e%2E/b', '/b', '/b'],
    ['/a/./b/..', '/a/', '/a/'],
    ['/../..', '/', '/'],
    ['/a/..%2Fb', '/a/..%2Fb', '/a/..%252Fb'],
    ['/%C3%A9', '/é', '/%C3%A9'],
    ['/%F0%9F%8D%8E', '/🍎', '/%F0%9F%8D%8E'],
    ['/%FF%41%C3', '/%FFA%C3', '/%25FFA%25C3'],
    ['/%2541', '/%41', '/%2541'],
    ['/a%zz', '/a%zz', '/a%25zz'],
    ['/a%5Cb', '/a\\b', '/a%5Cb'],
    ['/a%3Fb%23c', '/a?b#c', '/a%3Fb%23c'],
    ['/a;b', '/a;b', '/a;b'],
    ['/a//b', '/a//b', '/a//b'],
    ['/a?b=1#c', '/a', '/a?b=1%23c'],
    ['/a?b={|}[%7B]', '/a', '/a?b=%7B%7C%7D[%7B]'],
  ])('%s', (target, path, url) => {
    expect(readTarget(target)).toMatchObject({ path, url });
  });

  test.each([
    [
      'a=1&a=2&A=3',
      [
        ['a', '1'],
        ['a', '2'],
        ['A', '3'],
      ],
    ],
    [
      'a+b=%2F%41&&c',
      [
        ['a b', '/A'],
        ['c', ''],
      ],
    ],
    ['f=%FF%C3%A9=', [['f', '%FFé=']]],
  ])('the query %s', (query, pairs) => {
    expect(readTarget(`/a?${query}`)?.query).toEqual(pairs);
  });

  test.each(['*', 'http://host/a', '/a%00', '/é', '/a b', ''])('refuses %j', (target) => {
    expect(readTarget(target)).toBeUndefined();
  });
});
