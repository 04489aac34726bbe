import { describe, expect, test } from '@jest/globals';
import { useSystem } from '../support/useSystem.js';

const system = useSystem();

const large = Buffer.alloc(40 * 1024 * 1024, ' ');
const model = '/api/v1/model-performance/7ec79407-9407-7ec7-0794-c77e0794c77e';

describe('F54b a body that nobody reads', () => {
  test.each([
    ['GET', '/api/health/live', 200],
    ['HEAD', '/api/health/live', 200],
    ['GET', model, 200],
    ['GET', '/api/v1/nobody', 404],
    ['POST', '/api/health/live', 405],
  ])('of 40 MiB changes nothing: %s %s', async (method, path, status) => {
    expect((await system.call(path, { method, body: large })).status).toBe(status);
  });

  test('in chunks changes nothing either', async () => {
    const chunks = Array.from({ length: 40 }, () => ' '.repeat(1024 * 1024));
    expect((await system.call('/api/health/live', { chunks })).status).toBe(200);
  });
});
