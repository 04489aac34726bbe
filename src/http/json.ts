import { pointer } from '../pointer.js';
import { Problem, type Code } from '../problem.js';

/** Deepest nesting that is read. Bodies of this API need one level; the bound keeps a hostile one from costing anything (F45). */
const depthLimit = 16;

const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON as RFC 8259 has it, and stricter: no duplicate names (also by escapes), no names that could reach a prototype,
 * at most {@link depthLimit} levels. A number beyond a double is read as infinite, for the resource's table to refuse.
 * Linear in the length of the text.
 * @throws Problem invalid-json, duplicate-key (with its pointer) or invalid-body
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  checkDepth(text);
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('invalid-json');
  }
  checkNames(text);
  return value;
}

/** Runs before JSON.parse, so that depth costs nothing; brackets inside texts do not count. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfText(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > depthLimit) throw new Problem('invalid-body', 'not-applied', { errors: [tooDeep] });
  }
}

const tooDeep = { pointer: '', code: 'too-deep', message: `The body is nested deeper than ${depthLimit} levels.` };

/** Index of the quote that ends the text which begins at `start`; the end of everything when it never ends. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

interface Level {
  /** Names seen so far in an object; absent for an array. */
  readonly names?: Set<string>;
  /** The name or index that a value at this place has. */
  key: string | number;
}

/** `text` is known to be valid JSON: what precedes a colon outside of texts is a name. */
function checkNames(text: string): void {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const level = levels.at(-1);
    if (character === '{') levels.push({ names: new Set(), key: '' });
    else if (character === '[') levels.push({ key: 0 });
    else if (character === '}' || character === ']') levels.pop();
    else if (character === ',' && typeof level?.key === 'number') level.key++;
    else if (character === '"') {
      const end = endOfText(text, at);
      if (level?.names !== undefined && isName(text, end)) {
        level.key = JSON.parse(text.slice(at, end + 1)) as string;
        checkName(level.names, level.key, levels);
      }
      at = end;
    }
  }
}

function isName(text: string, end: number): boolean {
  let next = end + 1;
  while (' \t\r\n'.includes(text[next] ?? '-')) next++;
  return text[next] === ':';
}

function checkName(names: Set<string>, name: string, levels: readonly Level[]): void {
  if (names.has(name)) {
    throw refusal('duplicate-key', 'duplicate-key', levels, 'This property stands twice in the body.');
  }
  if (forbiddenNames.has(name)) {
    throw refusal('invalid-body', 'unknown-property', levels, 'A property of this name is never taken.');
  }
  names.add(name);
}

function refusal(problem: Code, code: string, levels: readonly Level[], message: string): Problem {
  return new Problem(problem, 'not-applied', {
    errors: [{ pointer: pointer(levels.map(({ key }) => key)), code, message }],
  });
}
