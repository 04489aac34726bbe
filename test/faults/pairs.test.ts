import { beforeAll, expect, test } from '@jest/globals';
import { problems } from '../../src/problem.js';
import { useSystem } from '../support/useSystem.js';
import { graphRows, type GraphRow } from './graph.js';
import { atMost, leaks, play, samePlatformToken, scaled, wanted, type Played } from '../support/play.js';

// Two attempts: the first meets one fault, the second another, and what the caller hears has to be true of both.

let found: Promise<Played>[];
const system = useSystem({ ...scaled, ATTEMPT_TIMEOUT_MS: '4000', MAX_ATTEMPTS: '2' });
beforeAll(() => {
  system.emulator.arm(samePlatformToken);
  found = atMost(
    24,
    pairs.map(
      ([first, second]) =>
        () =>
          play(system, [fault(first), fault(second)]),
    ),
  );
});

/** One of each kind: what comes after it cannot tell those of a kind apart. */
const kindOf = ({ fails, outcome, writes, waitMs = 0 }: GraphRow) => [fails, outcome, writes, waitMs >= 1000].join(' ');
const repeated = [
  ...new Map(
    graphRows
      .filter(({ writes }) => writes > 1)
      .toReversed()
      .map((row) => [kindOf(row), row]),
  ).values(),
];
const fault = ({ id, waitMs = 0 }: GraphRow) => ({
  fault: id,
  method: 'PATCH' as const,
  ...(waitMs >= 1000 && { retryAfterSeconds: 1 }),
});

const pairs = repeated.flatMap((first) => graphRows.map((second) => [first, second] as const));

/** What the second row says, with the first one's doubt: that stays whatever follows. */
function expected(first: GraphRow, second: GraphRow) {
  if (second.fails === undefined) return { status: 200, outcome: undefined };
  const outcome = first.outcome === 'unknown' ? 'unknown' : second.outcome;
  return { status: problems[second.fails].status, code: second.fails, outcome };
}

function seen({ answer, body, before, after }: Played) {
  const { outcome, error } = body as { outcome?: string; error?: { code: string } };
  const contradicts =
    (answer.status === 200 && after.model !== wanted.model) ||
    (outcome === 'not-applied' && JSON.stringify(after) !== JSON.stringify(before));
  return {
    status: answer.status,
    ...(error && { code: error.code }),
    outcome,
    ...(contradicts && { contradicts }),
    ...(answer.status !== 200 && leaks(answer.text).length > 0 && { leaks: leaks(answer.text) }),
  };
}

test.each(repeated)(
  '$id and then every other fault',
  async (first) => {
    const results = await Promise.all(found.filter((_, index) => pairs[index]?.[0] === first));
    expect(results.map((result, index) => [graphRows[index]?.id, result.writes.length, seen(result)])).toEqual(
      graphRows.map((second) => [second.id, 2, expected(first, second)]),
    );
  },
  120_000,
);
