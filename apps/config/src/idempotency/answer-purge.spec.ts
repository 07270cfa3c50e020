import { expect, it } from 'vitest';
import { AnswerPurge, PURGE_BATCH_MAX_ROWS, PURGE_BATCHES_MAX_COUNT } from './answer-purge.js';

const clock = { nowMs: () => 0, monotonicMs: () => 0 };

function purgeOf(deleteExpired: (now: string, limit: number) => Promise<number>) {
  const warnings: unknown[] = [];
  const logger = { warn: (...line: unknown[]) => warnings.push(line) };
  return { purge: new AnswerPurge({ store: { deleteExpired }, clock, logger: logger as never }), warnings };
}

it('expired answers are deleted in batches, until there are none', async () => {
  const left = [PURGE_BATCH_MAX_ROWS, PURGE_BATCH_MAX_ROWS, 5, 7];
  const { purge } = purgeOf(async () => left.shift() ?? 0);
  await purge.runRound();
  expect(left).toEqual([7]);
});

it('a round has a bound, however many there are', async () => {
  let batches = 0;
  const { purge } = purgeOf(async (now, limit) => {
    expect([now, limit]).toEqual(['1970-01-01T00:00:00.000Z', PURGE_BATCH_MAX_ROWS]);
    batches += 1;
    return limit;
  });
  await purge.runRound();
  expect(batches).toBe(PURGE_BATCHES_MAX_COUNT);
});

it('a database that is away is a warning, and the next round', async () => {
  const { purge, warnings } = purgeOf(async () => {
    throw new Error('away');
  });
  await purge.runRound();
  expect(warnings).toHaveLength(1);
});
