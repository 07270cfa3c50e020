import { expect, test } from 'vitest';
import { INBOX_RETENTION_MS, SWEEP_MAX_BATCHES, SWEEP_MAX_ROWS, sweepInbox } from './inbox-retention.js';

const BATCH_MS = 7;
const NOW_MS = 10 * INBOX_RETENTION_MS;

function aSweep(rows: number) {
  const asked: number[] = [];
  const waits: number[] = [];
  let left = rows;
  let clockMs = 0;
  let stopped = false;
  const store = {
    removeOlderThan: async (beforeMs: number, maxRows: number) => {
      asked.push(beforeMs);
      clockMs += BATCH_MS;
      const removed = Math.min(left, maxRows);
      left -= removed;
      return removed;
    },
  };
  const options = {
    nowMs: NOW_MS,
    monotonicMs: () => clockMs,
    sleep: async (ms: number) => waits.push(ms),
    isStopped: () => stopped,
  };
  const stop = () => {
    stopped = true;
  };
  return { asked, waits, stop, run: () => sweepInbox(store, options) };
}

test('all that is past the retention goes, and what is routed meanwhile has half of the time', async () => {
  const sweep = aSweep(2 * SWEEP_MAX_ROWS + 1);
  expect(await sweep.run()).toBe(2 * SWEEP_MAX_ROWS + 1);
  expect(sweep.asked).toEqual(Array(3).fill(NOW_MS - INBOX_RETENTION_MS));
  expect(sweep.waits).toEqual([BATCH_MS, BATCH_MS]);
});

test('one sweep is bounded, and ends where the router stops', async () => {
  const endless = aSweep(Number.POSITIVE_INFINITY);
  expect(await endless.run()).toBe(SWEEP_MAX_ROWS * SWEEP_MAX_BATCHES);
  const stopped = aSweep(SWEEP_MAX_ROWS);
  stopped.stop();
  expect(await stopped.run()).toBe(0);
});
