import { isDeepStrictEqual } from 'node:util';
import { problems } from '../../src/problem.js';
import { sameId } from '../../src/resource/id.js';
import type { Field } from '../../src/resource/field.js';
import { modelPerformance, type ModelPerformance } from '../../src/resource/modelPerformance.js';
import { internals } from '../../local/emulator/constants.js';
import type { Model } from '../../local/emulator/models.js';

/** One update as it is seen from outside. */
export interface Update {
  readonly wanted: Partial<ModelPerformance>;
  /** The object that Graph held before, and holds now that nothing of the update is under way any more. */
  readonly before: Model;
  readonly after: Model;
  /** What the caller got; undefined when the connection ended without an answer. */
  readonly answer: { readonly status: number; readonly text: string } | undefined;
  /** Graph was made to store only a part of what it was sent (F16-partly). */
  readonly partly: boolean;
}

/** What an answer says became of an update. No answer says as little as `unknown`. */
export type Verdict = 'applied' | 'not-applied' | 'unknown';

/** What the product promises of every update, whatever went wrong: the sentences that this one breaks. */
export function breaches(update: Update): string[] {
  const { answer, before, after } = update;
  const told = answer === undefined ? { verdict: 'unknown' as const, broken: [] } : readAnswer(answer, update);
  const broken = [...told.broken];
  if (told.verdict === 'applied') {
    if (!isApplied(update)) broken.push('A 200 is not what Graph holds.');
    if (!isShown(parsed(answer?.text), update)) broken.push('A 200 shows another object than Graph holds.');
  }
  if (told.verdict === 'not-applied' && !isDeepStrictEqual(after, before))
    broken.push('A not-applied has changed Graph.');
  if (told.verdict === 'unknown' && !isOneOfTwo(update)) broken.push('An unknown left something else than old or new.');
  return broken;
}

/** The answer's verdict, and what is wrong with the answer itself. */
function readAnswer({ status, text }: NonNullable<Update['answer']>, { wanted }: Update) {
  const body = parsed(text);
  if (status === 200) return { verdict: 'applied' as const, broken: leaks(text) };
  const code = codeOf(text);
  const row = code === undefined ? undefined : problems[code];
  const verdict: Verdict = body.outcome === 'not-applied' ? 'not-applied' : 'unknown';
  return {
    verdict,
    broken: [
      ...leaks(text),
      ...(row === undefined ? [`${status} is no problem of the table.`] : []),
      ...(row !== undefined && row.status !== status ? ['A problem has another status than its row.'] : []),
      ...(verdict === body.outcome ? [] : ['A problem says nothing of the outcome.']),
      ...(submitted(wanted).some((value) => text.includes(value)) ? ['An error repeats a submitted value.'] : []),
    ],
  };
}

/** The problem's code; undefined when the answer is none of the product's problems. */
export function codeOf(text: string): keyof typeof problems | undefined {
  const { type } = parsed(text);
  const code = typeof type === 'string' ? type.replace('urn:model-performance:problem:', '') : '';
  return Object.hasOwn(problems, code) ? (code as keyof typeof problems) : undefined;
}

/** Marks of the emulator's insides, each of which would be a leak by itself. */
const marks = internals.split(' ').filter((word) => word.length > 10);

function leaks(text: string): string[] {
  return [
    ...(marks.some((mark) => text.includes(mark)) ? ['An answer shows Graph’s insides.'] : []),
    ...(/eyJ[\w-]{10}/.test(text) ? ['An answer shows a token.'] : []),
  ];
}

/** Submitted values that cannot stand in an answer by chance, as a member of the enumeration could. */
function submitted(wanted: Update['wanted']): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => name !== 'healthStatus' && String(value).length >= 8)
    .map(([, value]) => String(value));
}

function isApplied({ wanted, before, after }: Update): boolean {
  return names(before).every((name) =>
    name in wanted ? isSame(name, wanted[name as keyof ModelPerformance], after[name]) : after[name] === before[name],
  );
}

function isOneOfTwo(update: Update): boolean {
  const { wanted, before, after, partly } = update;
  if (isDeepStrictEqual(after, before) || isApplied(update)) return true;
  return (
    partly &&
    names(before).every(
      (name) =>
        after[name] === before[name] ||
        (name in wanted && isSame(name, wanted[name as keyof ModelPerformance], after[name])),
    )
  );
}

const names = (model: Model) => Object.keys(model) as (keyof Model)[];

/**
 * Whether an answer shows the object: a read that lags may show a score as it was, when the new one is nearly the same. What the update
 * left alone may be null: so is shown what is not of its property's type (F29).
 */
function isShown(shown: Record<string, unknown>, { wanted, after: held }: Update): boolean {
  const same = names(held).every((name) =>
    name === 'id'
      ? sameId(String(shown.id), held.id)
      : isSame(name, shown[name], held[name]) || (shown[name] === null && !(name in wanted)),
  );
  return same && Object.keys(shown).length === names(held).length;
}

const fields: Readonly<Record<string, Field<unknown>>> = modelPerformance.fields;

/** What counts as stored: with the default of VERIFY_TOLERANCE a score that Graph has rounded, too; nothing and the empty text are one. */
function isSame(name: string, wanted: unknown, held: unknown): boolean {
  if (fields[name]?.edmType === 'Edm.Double' && typeof wanted === 'number' && typeof held === 'number')
    return Math.abs(wanted - held) <= 1e-6 * Math.max(Math.abs(wanted), Math.abs(held));
  return (wanted === '' ? null : wanted) === (held === '' ? null : held);
}

function parsed(text = ''): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
