import { expect, test } from '@jest/globals';
import { useSystems } from '../support/useSystem.js';
import { leaks, play, scaled } from '../support/play.js';

const start = useSystems(scaled);

const unreachable = { status: 503, error: { code: 'graph-unreachable' }, outcome: 'not-applied' };

test('F21 connections are refused: not applied, and over when Graph is back', async () => {
  const system = await start();
  system.emulator.arm({ fault: 'F21' });
  const { answer, body, before, after } = await play(system, []);
  expect(body).toMatchObject(unreachable);
  expect(leaks(answer.text)).toEqual([]);
  expect(after).toEqual(before);

  // It comes back while the call waits for its next attempt.
  const call = play(system, []);
  system.emulator.disarm();
  expect((await call).answer.status).toBe(200);
});

test('F21 the name cannot be resolved', async () => {
  const system = await start({ GRAPH_ROOT: 'https://graph.invalid' });
  expect((await play(system, [])).body).toMatchObject(unreachable);
});

test('F22 no TLS: nothing is sent in plain text', async () => {
  const plain = await start();
  const system = await start({ GRAPH_ROOT: plain.emulator.graphUrl.replace('http:', 'https:') });
  const { body } = await play(system, []);
  expect(body).toMatchObject(unreachable);
  expect(plain.emulator.requests()).toEqual([]);
});
