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

/** An object or an array of the text; the outermost one is what surrounds it all. */
interface Level {
  readonly outer?: Level;
  /** Names seen so far; an array has none. */
  readonly names: Set<string>;
  /** The latest of them. */
  name?: string;
  /** How many commas were seen: the index that the next value has in an array. */
  index: number;
}

/** `text` is known to be valid JSON: what precedes a colon outside of texts is a name. */
function checkNames(text: string): void {
  let level: Level = { names: new Set(), index: 0 };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') level = { outer: level, names: new Set(), index: 0 };
    else if (character === '}' || character === ']') level = level.outer ?? level;
    else if (character === ',') level.index++;
    else if (character === '"') {
      const end = endOfText(text, at);
      if (isName(text, end)) {
        level.name = JSON.parse(text.slice(at, end + 1)) as string;
        checkName(level.name, level);
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

function checkName(name: string, level: Level): void {
  if (level.names.has(name)) {
    throw refusal('duplicate-key', 'duplicate-key', level, 'This property stands twice in the body.');
  }
  if (forbiddenNames.has(name)) {
    throw refusal('invalid-body', 'unknown-property', level, 'A property of this name is never taken.');
  }
  level.names.add(name);
}

function refusal(problem: Code, code: string, level: Level, message: string): Problem {
  return new Problem(problem, 'not-applied', { errors: [{ pointer: pointer(pathOf(level)), code, message }] });
}

/** The names and indexes that lead to the value which comes next in a level. */
function pathOf({ outer, name, index }: Level): (string | number)[] {
  return outer === undefined ? [] : [...pathOf(outer), name ?? index];
}
