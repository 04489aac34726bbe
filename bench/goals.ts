import type { PartName, Results } from './results.js';

/** What was aimed at: how many times the floor's cost or speed, and why it is missed where it is. */
interface Goal {
  readonly description: string;
  readonly part: PartName;
  readonly quantity: string;
  /** Of which row; this product without telemetry unless told otherwise. */
  readonly subject?: string;
  /** Divided by this; without it the value itself counts. */
  readonly floor?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Told where the goal is missed. */
  readonly missed: string;
}

const ours = 'this product';
const oursWithoutRead = 'this product, AUDIT_FROM=none';

const twoRequests =
  'The default makes two requests to Graph, one of them for the audit’s value before; the empty app makes none. One request alone takes the least facade most of the way to the goal.';
const oneMore = 'The least facade makes one request to Graph and checks nothing; this product makes two by default.';
const checked = 'Token, body, type and answer are checked, which the least facade leaves out.';

export const goals: readonly Goal[] = [
  {
    description: 'First answer after the start ÷ empty app',
    part: 'cold',
    quantity: 'CPU until then, ms',
    floor: 'empty',
    atMost: 2.5,
    missed:
      'Loading is all of it: the identity library, Joi and undici are two thirds. A cache of compiled code would take a quarter off, and only on the very V8 that made it.',
  },
  {
    description: 'CPU of a call, ten at once ÷ empty app',
    part: 'load',
    quantity: 'CPU per call, µs, c=10',
    floor: 'empty',
    atMost: 1.4,
    missed: twoRequests,
  },
  {
    description: 'Requests a second at 50 connections ÷ empty app',
    part: 'load',
    quantity: 'requests/s, c=50',
    floor: 'empty',
    atLeast: 0.75,
    missed: twoRequests,
  },
  {
    description: 'Median time at one connection ÷ empty app',
    part: 'load',
    quantity: 'p50, ms, c=1',
    floor: 'empty',
    atMost: 1.6,
    missed:
      'It waits for Graph twice, one after the other; the least facade, which waits once, is near the goal itself.',
  },
  {
    description: 'Requests a second at 50 connections ÷ least facade',
    part: 'load',
    quantity: 'requests/s, c=50',
    floor: 'facade',
    atLeast: 0.8,
    missed: oneMore,
  },
  {
    description: 'CPU of a call, ten at once ÷ least facade',
    part: 'load',
    quantity: 'CPU per call, µs, c=10',
    floor: 'facade',
    atMost: 1.3,
    missed: oneMore,
  },
  {
    description: 'The same, one request to Graph each: requests a second',
    part: 'load',
    quantity: 'requests/s, c=50',
    subject: oursWithoutRead,
    floor: 'facade',
    atLeast: 0.8,
    missed: checked,
  },
  {
    description: 'The same, one request to Graph each: CPU of a call',
    part: 'load',
    quantity: 'CPU per call, µs, c=10',
    subject: oursWithoutRead,
    floor: 'facade',
    atMost: 1.3,
    missed: checked,
  },
  {
    description: 'CPU of a list of 1 000 objects ÷ bare proxy',
    part: 'list',
    quantity: 'CPU per list, ms',
    floor: 'proxy',
    atMost: 4,
    missed:
      'Every value is held against its type and written anew; a proxy passes bytes on. The least facade, which only parses and writes them within Functions, is at twice the goal itself.',
  },
  {
    description: 'Memory after 50 000 updates, with telemetry, MB',
    part: 'memory',
    quantity: 'resident, MB',
    subject: 'this product, with telemetry',
    atMost: 190,
    missed:
      'The empty app takes more than that in this host already, which lets its heap grow; what the product adds to it is the ratio to look at. Telemetry’s library in its thread is most of it.',
  },
];

/** The goals as a table of Markdown, by the last run of each part. */
export function goalsTable(results: Results): string {
  const rows = goals.map(({ description, part, quantity, subject = ours, floor, atMost, atLeast, missed }) => {
    const cell = results[part]?.rows.find((row) => row.subject === subject)?.cells[quantity];
    const value = floor === undefined ? cell?.value.median : cell?.ratios?.[floor]?.median;
    const goal = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
    if (value === undefined) return [description, goal, 'not measured', ''];
    const met = value <= (atMost ?? Infinity) && value >= (atLeast ?? 0);
    return [description, goal, value >= 100 ? value.toFixed(0) : value.toFixed(2), met ? 'met' : missed];
  });
  return [['', 'goal', 'measured', ''], ['---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
