import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonAnswer, type Answer } from './answer.js';
import type { OpenCall } from './call.js';

/** The package's own folder, seen from where this file is compiled to. */
const root = join(__dirname, '..', '..', '..');

/** GET /openapi.json: the contract as it is published for this deployment's way of validation. */
export async function contract({ deps }: OpenCall): Promise<Answer> {
  const body = await readFile(join(root, 'contract', `openapi.${deps.config.validation}.json`), 'utf8');
  return { ...jsonAnswer({}), body };
}
