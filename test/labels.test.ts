import { expect, test } from '@jest/globals';
import { json } from './support/host-fixture/process.js';
import { useSystem } from './support/useSystem.js';

const system = useSystem();

test('labels tell every model apart, in the order of people', async () => {
  const [first] = system.emulator.models();
  if (first === undefined) throw new Error('There are no models.');
  system.emulator.put({ ...first, id: 'twin-of-the-first' });
  system.emulator.put({ ...first, id: 'no-name-at-all', model: null, manufacturer: '' });
  system.emulator.put({ ...first, id: 'no-manufacturer', model: 'Model 10', manufacturer: null });
  system.emulator.put({ ...first, id: 'sorted-before-it', model: 'Model 9', manufacturer: null });

  const answer = await system.call('/api/v1/model-performance/labels');
  expect(answer.status).toBe(200);
  const { value } = json(answer) as { value: { id: string; label: string }[] };
  const labelOf = (id: string) => value.find((one) => one.id === id)?.label;
  expect(labelOf(first.id)).toBe(`Latitude 7450, Dell Inc. (${first.id.slice(0, 8)})`);
  expect(labelOf('twin-of-the-first')).toBe('Latitude 7450, Dell Inc. (twin-of-)');
  expect(labelOf('no-name-at-all')).toBe('no-name-at-all');
  const labels = value.map(({ label }) => label);
  expect(labels.indexOf('Model 9') + 1).toBe(labels.indexOf('Model 10'));
  expect(new Set(labels).size).toBe(system.emulator.models().length);
});
