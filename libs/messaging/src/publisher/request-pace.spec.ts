import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GATHERED_ENOUGH_RECORDS, RequestPace } from './request-pace.js';

const GATHER_MS = 15;
const INTERVAL_MS = 3;

/** A publisher's queue on a clock of the test's; a request empties it. */
function setUp(gatherMs = GATHER_MS) {
  const world = { waiting: 0, requests: [] as { atMs: number; records: number }[] };
  const startMs = Date.now();
  const pace = new RequestPace({
    intervalMs: INTERVAL_MS,
    gatherMs,
    monotonicMs: () => Date.now() - startMs,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    waiting: () => world.waiting,
  });
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    await pace.next();
    world.requests.push({ atMs: Date.now() - startMs, records: world.waiting });
    world.waiting = 0;
    running = false;
  };
  const queue = (records = 1): void => {
    world.waiting += records;
    pace.queued();
    if (!running) void run();
  };
  return { world, queue, after: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

describe('pace of requests', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets a record go at once that comes long after the last request', async () => {
    const { world, queue, after } = setUp();
    queue();
    await after(100);
    queue();
    await after(100);
    expect(world.requests).toEqual([
      { atMs: 0, records: 1 },
      { atMs: 100, records: 1 },
    ]);
  });

  it('gathers what follows on a request', async () => {
    const { world, queue, after } = setUp();
    for (let i = 0; i < 5; i += 1) {
      queue();
      await after(4);
    }
    expect(world.requests).toEqual([
      { atMs: 0, records: 1 },
      { atMs: 15, records: 3 },
    ]);
  });

  it('waits no longer once there is company enough', async () => {
    const { world, queue, after } = setUp();
    queue();
    await after(4);
    queue(GATHERED_ENOUGH_RECORDS - 1);
    await after(1);
    queue();
    await after(0);
    expect(world.requests.at(-1)).toEqual({ atMs: 5, records: GATHERED_ENOUGH_RECORDS });
  });

  it('seldom makes a lone producer wait, which sends only after the answer to the record before', async () => {
    const { world, queue, after } = setUp();
    const producer = async (): Promise<void> => {
      queue();
      const before = world.requests.length;
      while (world.requests.length === before) await after(1);
      await after(INTERVAL_MS + 1);
    };
    for (let i = 0; i < 100; i += 1) await producer();
    const last = world.requests.slice(-40);
    const spentMs = (last.at(-1)?.atMs ?? 0) - (last[0]?.atMs ?? 0);
    // One in nine waits the whole time, the others not at all.
    expect(spentMs / (last.length - 1)).toBeLessThan(INTERVAL_MS + 4);
  });

  it('waits for several such producers, and no longer once all of them are there', async () => {
    const { world, queue, after } = setUp(30);
    const ANSWER_MS = 4;
    for (let round = 0; round < 200; round += 1) {
      const before = world.requests.length;
      for (let producer = 0; producer < 4; producer += 1) {
        queue();
        await after(1);
      }
      while (world.requests.length === before) await after(1);
      await after(ANSWER_MS);
    }
    const last = world.requests.slice(-90);
    expect(last.every(({ records }) => records === 4)).toBe(true);
    const spentMs = (last.at(-1)?.atMs ?? 0) - (last[0]?.atMs ?? 0);
    expect(spentMs / (last.length - 1)).toBeLessThan(15);
  });

  it('notices when there is company again', async () => {
    const { world, queue, after } = setUp();
    for (let i = 0; i < 100; i += 1) {
      queue();
      await after(INTERVAL_MS + 1);
    }
    for (let i = 0; i < 800; i += 1) {
      queue();
      await after(1);
    }
    const last = world.requests.slice(-5);
    expect(Math.min(...last.map(({ records }) => records))).toBeGreaterThan(10);
  });

  it('keeps only the interval where nothing is to be gathered', async () => {
    const { world, queue, after } = setUp(0);
    for (let i = 0; i < 3; i += 1) queue();
    await after(1);
    queue();
    await after(10);
    expect(world.requests.map(({ atMs }) => atMs)).toEqual([0, INTERVAL_MS]);
  });
});
