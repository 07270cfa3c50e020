import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HELD_COUNT_INTERVAL_MS, HELD_LOOK_INTERVAL_MS, HELD_PAGE_ROWS } from './lane.bounds.js';
import { OneOwner } from './one-owner.fake.js';

let owner: OneOwner;

beforeEach(() => {
  owner = new OneOwner([60_000], 2);
  owner.change({ state: 'disabled', disabledReason: 'admin' });
});

async function waits(key: string, ...offsets: number[]): Promise<void> {
  for (const offset of offsets) await owner.waits(key, offset, owner.nowMs, null);
}

async function failedTogether(key: string, ...offsets: number[]): Promise<void> {
  for (const offset of offsets) await owner.waits(key, offset, owner.nowMs, offsets[0] ?? null);
}

async function isBounded(): Promise<{ discarded: number[][]; left: number[] }> {
  await owner.begin();
  await owner.pass(3 * HELD_LOOK_INTERVAL_MS);
  const records = owner.journal.filter(({ kind }) => kind === 'discarded');
  const discarded = records.map((record) => (record.kind === 'discarded' ? record.deliveries : []));
  return {
    discarded: discarded.map((deliveries) => deliveries.map(({ offset }) => offset)),
    left: owner.store.stored.map(({ item }) => item.offset),
  };
}

describe('what is held beyond the bound', () => {
  it('is discarded from the oldest on', async () => {
    await waits('a', 0, 2);
    await waits('b', 1, 3);
    expect(await isBounded()).toEqual({ discarded: [[0, 1]], left: [2, 3] });
  });

  it('takes along the rest of a push whose first members are beyond it', async () => {
    await failedTogether('a', 0, 1, 2);
    await waits('b', 3);
    expect(await isBounded()).toEqual({ discarded: [[0, 1, 2]], left: [3] });
  });

  it('tears no push of another lane while there is older to discard', async () => {
    await waits('b', 0, 2, 4);
    await failedTogether('a', 1, 3, 5);
    expect(await isBounded()).toEqual({
      discarded: [
        [0, 2],
        [1, 3, 5],
      ],
      left: [4],
    });
  });

  it('tears no push that is larger than a page', async () => {
    const push = Array.from({ length: HELD_PAGE_ROWS + 30 }, (_, n) => n);
    await failedTogether('a', ...push);
    expect(await isBounded()).toEqual({ discarded: [push], left: [] });
  });
});

describe('a backlog', () => {
  const takes = async (from: number, count: number) => {
    for (let n = 0; n < count; n += 1) owner.takes(`key_${from + n}`, from + n);
    await owner.rests();
  };

  it('is not counted while it is far below its bound', async () => {
    owner = new OneOwner([60_000], 20);
    owner.change({ state: 'disabled', disabledReason: 'admin' });
    await owner.begin();
    const count = vi.spyOn(owner.store, 'count');
    await takes(100, 10);
    await owner.pass(4 * HELD_LOOK_INTERVAL_MS);
    expect([owner.store.stored.length, count.mock.calls.length]).toEqual([10, 0]);
  });

  it('is counted now and then, however often rows come, where it is at its bound', async () => {
    await owner.begin();
    const count = vi.spyOn(owner.store, 'count');
    for (let n = 100; n < 160; n += 1) {
      await takes(n, 1);
      await owner.pass(1_000);
    }
    expect(count.mock.calls.length).toBeLessThanOrEqual(60_000 / HELD_COUNT_INTERVAL_MS + 1);
    await owner.pass(2 * HELD_COUNT_INTERVAL_MS);
    expect(owner.store.stored.map(({ item }) => item.offset)).toEqual([158, 159]);
  });
});
