import { expect, it } from 'vitest';
import { OutboxPublications } from './outbox-publications.js';
import { PUBLICATION_WAIT_MAX_MS } from './rotation.bounds.js';

/** An outbox whose rows are published at that time, or never. */
function outbox(publishedAtMs: number) {
  let nowMs = 0;
  let hints = 0;
  const publications = new OutboxPublications({
    hint: async () => {
      hints += 1;
    },
    unpublished: async (ids) => (nowMs >= publishedAtMs ? 0 : ids.length),
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  return { publications, hints: () => hints, waitedMs: () => nowMs };
}

it('hints at what was changed, and waits until the relay has published it', async () => {
  const { publications, hints, waitedMs } = outbox(10_000);
  expect(await publications.published([1, 2])).toBe(true);
  expect([hints(), waitedMs()]).toEqual([1, 10_000]);
});

it('gives up where no relay runs', async () => {
  const { publications, waitedMs } = outbox(Number.POSITIVE_INFINITY);
  expect(await publications.published([1])).toBe(false);
  expect(waitedMs()).toBeGreaterThanOrEqual(PUBLICATION_WAIT_MAX_MS);
});

it('waits for nothing where nothing was changed', async () => {
  const { publications, hints } = outbox(Number.POSITIVE_INFINITY);
  expect([await publications.published([]), hints()]).toEqual([true, 0]);
});
