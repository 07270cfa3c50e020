import { expect, it } from 'vitest';
import { RepeatedWork } from './repeated-work.js';

const NEVER_MS = 2 ** 31 - 1;

it('runs one at a time, and its stop waits for the run under way', async () => {
  const ends: (() => void)[] = [];
  const work = new RepeatedWork(() => new Promise((resolve) => ends.push(resolve)), NEVER_MS);
  work.start();
  const joined = work.run();
  expect(ends).toHaveLength(1);
  let hasStopped = false;
  const stopped = work.stop().then(() => {
    hasStopped = true;
  });
  expect(work.isStopped).toBe(true);
  await Promise.resolve();
  expect(hasStopped).toBe(false);
  ends[0]?.();
  await Promise.all([joined, stopped]);
  void work.run();
  expect(ends).toHaveLength(2);
});
