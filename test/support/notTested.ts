import { appendFileSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve('.local');

/** Says in the summary what a machine cannot test, and why. Tests that are skipped call it: a skipped test is otherwise only a number. */
export function notTested(what: string, why: string): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(resolve(folder, 'not-tested'), `${what}: ${why}\n`);
}
