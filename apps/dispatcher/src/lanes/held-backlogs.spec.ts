import { beforeEach, describe, expect, it } from 'vitest';
import { HELD_LOOK_INTERVAL_MS, HELD_PAGE_ROWS } from './lane.bounds.js';
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
