import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parts } from '../compose.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';

/** The package's own folder, seen from where this file is compiled to. */
const root = join(__dirname, '..', '..', '..');

/** GET /openapi.json: the contract as it is published for this deployment's way of validation. */
export async function contract(_: HttpCall, { config }: Parts): Promise<Answer> {
  const body = await readFile(join(root, 'contract', `openapi.${config.validation}.json`), 'utf8');
  return { ...jsonAnswer({}), body };
}
