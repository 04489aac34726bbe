import { existsSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/**
 * The `Values` of `local.settings.json`; none when the file is missing.
 * Refuses a file that is not JSON, an encrypted one, and values that are not texts, numbers or booleans; no value is ever quoted.
 */
export function readLocalSettings(root: string): Record<string, string> {
  const file = readJson(join(root, 'local.settings.json'));
  if (file === undefined) return {};
  if (file.IsEncrypted === true) {
    throw new Error('local.settings.json is encrypted. Decrypt it first: func settings decrypt');
  }
  const values = file.Values ?? {};
  if (!isObject(values)) throw new Error('local.settings.json: "Values" must be an object.');
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return [name, String(value)];
      }
      throw new Error(`local.settings.json: the value of "${name}" must be a text.`);
    }),
  );
}

/** Adds settings to the environment. What the environment has already wins, as with the Core Tools. */
export function addSettings(settings: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(settings)) environment[name] ??= value;
}

/** What is in `host.json`. Refuses a folder without one. */
export function readHostJson(root: string): Record<string, unknown> {
  const host = readJson(join(root, 'host.json'));
  if (host === undefined) throw new Error(`No host.json in ${root}: this is not the folder of a functions app.`);
  if (host.version !== '2.0') throw new Error('host.json: "version" must be "2.0".');
  return host;
}

/** `extensions.http.routePrefix` of `host.json`, without slashes around it; `api` when it is not set. */
export function readRoutePrefix(root: string): string {
  const host = readHostJson(root);
  const extensions = isObject(host.extensions) ? host.extensions : {};
  const http = isObject(extensions.http) ? extensions.http : {};
  const prefix = http.routePrefix ?? 'api';
  if (typeof prefix !== 'string') throw new Error('host.json: "extensions.http.routePrefix" must be a text.');
  return prefix.replace(/^\/+|\/+$/g, '');
}

/** The app's entry file, `main` of `package.json`. The real worker takes a glob too; here it must be one file inside the folder. */
export function readEntryPoint(root: string): string {
  const main = readJson(join(root, 'package.json'))?.main;
  if (typeof main !== 'string' || main === '') {
    throw new Error(`package.json in ${root} names no "main", the compiled entry file of the app.`);
  }
  if (/[*?{}[\]]/.test(main)) {
    throw new Error(`package.json: "main" is the pattern ${main}. This host takes one file, not a pattern.`);
  }
  const file = resolve(root, main);
  if (!file.startsWith(resolve(root) + sep)) throw new Error('package.json: "main" must be inside the folder.');
  if (!existsSync(file)) throw new Error(`The app's entry file ${main} is missing. Build the app first.`);
  return file;
}

function readJson(file: string): Record<string, unknown> | undefined {
  const name = file.slice(file.lastIndexOf(sep) + 1);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`${name} cannot be read.`, { cause: error });
  }
  text = text.replace(/^\uFEFF/, '');
  if (mistakeOf(text) !== '') throw new Error(`${name} is not valid JSON: ${placeOfMistake(text)}.`);
  const content: unknown = JSON.parse(text);
  if (!isObject(content)) throw new Error(`${name} must hold one JSON object.`);
  return content;
}

/** Where a text stops to be JSON. The parser's own message quotes what stands there, which can be a secret. */
function placeOfMistake(text: string): string {
  const { line, column } = /\(line (?<line>\d+) column (?<column>\d+)\)$/.exec(mistakeOf(text))?.groups ?? {};
  if (line !== undefined && column !== undefined) return `see line ${line}, column ${column}`;
  // It names no place for a character that nothing can begin with: that is the last one of the shortest text with the same mistake.
  let length = 1;
  while (length < text.length && !mistakeOf(text.slice(0, length)).startsWith('Unexpected token')) length += 1;
  const lines = text.slice(0, length).split('\n');
  return `see line ${lines.length}, column ${lines.at(-1)?.length ?? 1}`;
}

function mistakeOf(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
