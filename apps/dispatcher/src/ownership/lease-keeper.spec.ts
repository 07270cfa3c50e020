import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Checkpoint } from '../journal/checkpoint.js';
import { LEASE_SAFETY_MS, LEASE_TERM_MS } from './lease.bounds.js';
import { FakeLeaseStore } from './lease.store.fake.js';
import { LeaseKeeper } from './lease-keeper.js';

let nowMs = 0;
const clock = {
  nowMs: (): number => {
    throw new Error('a lease knows no wall clock: it can be set');
  },
  monotonicMs: () => nowMs,
};
let store: FakeLeaseStore;
const keepers: LeaseKeeper[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  store = new FakeLeaseStore();
});

afterEach(async () => {
  const stopped = Promise.all(keepers.splice(0).map((keeper) => keeper.stop()));
  vi.useRealTimers();
  await stopped;
});

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    nowMs += 100;
    await vi.advanceTimersByTimeAsync(100);
  }
}

function keeper(
  owner: string,
  isDead: (owner: string) => boolean = () => false,
  checkpointOf: () => Checkpoint | null = () => null,
) {
  const told: string[] = [];
  const made = new LeaseKeeper({
    store,
    clock,
    logger: pino({ level: 'silent' }),
    owner,
    address: () => null,
    isDead,
    handlers: {
      onTaken: ({ partition, epoch }) => told.push(`taken ${partition} in ${epoch}`),
      onSuspended: (partition) => told.push(`suspended ${partition}`),
      onResumed: (partition) => told.push(`resumed ${partition}`),
      onLost: (partition) => told.push(`lost ${partition}`),
      checkpointOf,
      onCheckpoints: (written) => {
        for (const [partition, { deliveriesOffset }] of written)
          told.push(`checkpoint ${partition} at ${deliveriesOffset}`);
      },
    },
  });
  keepers.push(made);
  made.start();
  return { keeper: made, told };
}

describe('a lease', () => {
  it('that nobody has is taken at once, and kept', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1, 2]));
    await pass(100);
    expect(a.told).toEqual(['taken 1 in 1', 'taken 2 in 1']);
    await pass(5 * LEASE_TERM_MS);
    expect([a.keeper.holds(1), a.told.length]).toEqual([true, 2]);
  });

  it('is not taken from an owner that renews it', async () => {
    keeper('a').keeper.want(new Set([1]));
    await pass(100);
    const b = keeper('b');
    b.keeper.want(new Set([1]));
    await pass(3 * LEASE_TERM_MS);
    expect(b.told).toEqual([]);
  });

  it('is taken over after a full term without a renewal, when its owner has stopped believing in it', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    store.unreachableFor('a', true);
    const b = keeper('b');
    b.keeper.want(new Set([1]));
    await pass(LEASE_TERM_MS - 500);
    expect([b.told, a.keeper.holds(1)]).toEqual([[], false]);
    await pass(2_500);
    expect(b.told).toEqual(['taken 1 in 2']);
    store.unreachableFor('a', false);
    await pass(2_000);
    expect(a.told.slice(0, 3)).toEqual(['taken 1 in 1', 'suspended 1', 'lost 1']);
  });

  it('that expired and nobody took is renewed in its epoch', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    store.unreachableFor('a', true);
    await pass(2 * LEASE_TERM_MS);
    store.unreachableFor('a', false);
    await pass(2_000);
    expect(a.told).toEqual(['taken 1 in 1', 'suspended 1', 'resumed 1']);
  });

  it('tells that it holds again also where nobody saw that it had not', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    store.unreachableFor('a', true);
    await pass(LEASE_TERM_MS - 1_500);
    // The event loop stood still past the deadline; attempts that asked meanwhile wait to be told.
    nowMs += 1_200;
    expect(a.keeper.holds(1)).toBe(false);
    store.unreachableFor('a', false);
    await a.keeper.renewNow();
    expect(a.told).toEqual(['taken 1 in 1', 'resumed 1']);
  });

  it('that was released is taken at once', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    const b = keeper('b');
    b.keeper.want(new Set([1]));
    await pass(1_000);
    a.keeper.want(new Set());
    await a.keeper.release([1]);
    await pass(500);
    expect(b.told).toEqual(['taken 1 in 2']);
  });

  it('that could not be released is let go of, so that it expires for its successor', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    const b = keeper('b');
    b.keeper.want(new Set([1]));
    await pass(500);
    a.keeper.want(new Set());
    store.unreachableFor('a', true);
    await a.keeper.release([1]);
    store.unreachableFor('a', false);
    expect(a.keeper.holds(1)).toBe(false);
    await pass(LEASE_TERM_MS + 1_000);
    expect(b.told).toEqual(['taken 1 in 2']);
  });

  it('of a process that certainly runs no more is taken at once', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    await a.keeper.stop();
    const b = keeper('b', (owner) => owner === 'a');
    b.keeper.want(new Set([1]));
    await pass(500);
    expect(b.told).toEqual(['taken 1 in 2']);
  });

  it('is held for a term from before its renewal was sent, however late the answer came', async () => {
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(100);
    store.answerDelayMs = 1_500;
    await pass(3_500);
    // The renewal that was sent at 2,000 was answered at 3,500; the next one gets no answer.
    store.unreachableFor('a', true);
    expect(a.keeper.holds(1)).toBe(true);
    await pass(2_000 + LEASE_TERM_MS - LEASE_SAFETY_MS - nowMs - 100);
    expect(a.keeper.holds(1)).toBe(true);
    await pass(200);
    expect(a.keeper.holds(1)).toBe(false);
  });

  it('is held for a term from before it was asked for', async () => {
    store.answerDelayMs = 1_500;
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(1_600);
    expect(a.told).toEqual(['taken 1 in 1']);
    store.unreachableFor('a', true);
    await pass(100 + LEASE_TERM_MS - LEASE_SAFETY_MS - nowMs - 100);
    expect(a.keeper.holds(1)).toBe(true);
    await pass(200);
    expect(a.keeper.holds(1)).toBe(false);
  });

  it('whose taker never learnt that it got it is taken again by it, at once', async () => {
    store.answerDelayMs = 100;
    const { take } = store;
    store.take = async (...asked) => {
      store.take = take;
      await take.apply(store, asked);
      throw new Error('the answer was lost');
    };
    const a = keeper('a');
    a.keeper.want(new Set([1]));
    await pass(1_000);
    expect(a.told).toEqual(['taken 1 in 2']);
  });
});

describe('a checkpoint', () => {
  const moving = () => {
    let deliveriesOffset = 0;
    return (): Checkpoint => ({
      epoch: 1,
      deliveriesOffset: deliveriesOffset++,
      journalOffset: 0,
      journalEpoch: 1,
      marks: new Map(),
    });
  };

  it('is written at most once a second', async () => {
    const a = keeper('a', () => false, moving());
    a.keeper.want(new Set([1]));
    await pass(10_000);
    const written = a.told.filter((told) => told.startsWith('checkpoint')).length;
    expect(written).toBeGreaterThan(8);
    expect(written).toBeLessThanOrEqual(10);
  });

  it('is told, to be committed, only when it was written', async () => {
    const a = keeper('a', () => false, moving());
    a.keeper.want(new Set([1]));
    await pass(500);
    store.answerDelayMs = 800;
    await pass(1_200);
    expect(a.told).toEqual(['taken 1 in 1']);
    await pass(200);
    expect(a.told).toEqual(['taken 1 in 1', 'checkpoint 1 at 0']);
    store.answerDelayMs = 0;
    store.unreachableFor('a', true);
    await pass(3_000);
    expect(a.told).toEqual(['taken 1 in 1', 'checkpoint 1 at 0']);
  });

  it('is written before the lease is released', async () => {
    const a = keeper('a', () => false, moving());
    a.keeper.want(new Set([1]));
    await pass(100);
    a.keeper.want(new Set());
    await a.keeper.release([1]);
    expect(a.told).toEqual(['taken 1 in 1', 'checkpoint 1 at 0']);
    expect(await store.see([1])).toMatchObject([{ owner: null }]);
  });
});
