import { until } from '@hookstile/testing';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeLaneStore } from './lane.store.fake.js';
import type { Fence, LaneWrite } from './lane.store.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { RowWriter } from './row-writer.js';

const fence: Fence = { partition: 0, epoch: 1 };
const lane = { partition: 0, integrationId: 'int_1', key: 'main' };

class WatchedStore extends FakeLaneStore {
  readonly batches: number[] = [];
  failures = 0;

  override async write(writes: readonly LaneWrite[]): Promise<readonly Fence[]> {
    if (this.failures-- > 0) throw new Error('away');
    this.batches.push(writes.length);
    return super.write(writes);
  }
}

let store: WatchedStore;
let lost: Fence[];
let writer: RowWriter;

function park(offset: number, bytes: number, of = fence): LaneWrite {
  const item = aLaneDelivery({ offset, bytes, data: Buffer.alloc(0) });
  return { kind: 'park', fence: of, lane, insert: [item], update: [], storedAtMs: 0 };
}

const added = (writes: readonly LaneWrite[]) => {
  const told: (boolean | null)[] = writes.map(() => null);
  for (const [index, write] of writes.entries()) {
    writer.add(write, (stored) => {
      told[index] = stored;
    });
  }
  return told;
};

beforeEach(() => {
  store = new WatchedStore(new Map([[0, 1]]));
  lost = [];
  writer = new RowWriter(store, pino({ level: 'silent' }), (fenceLost) => lost.push(fenceLost));
});

describe('the writer of rows', () => {
  it('writes what came together in one transaction, within a bound of bytes', async () => {
    const megabytes = 1024 * 1024;
    const told = added([1, 2, 3, 4].map((offset) => park(offset, 3 * megabytes)));
    await until(() => told.every((stored) => stored === true));
    expect(store.batches).toEqual([2, 2]);
  });

  it('gives a failed park back to its lane, and repeats everything else until it is stored', async () => {
    store.failures = 1;
    const told = added([park(1, 1), { kind: 'delete', fence, integrationId: 'int_1', offsets: [9] }]);
    await until(() => told.every((stored) => stored !== null), { timeoutMs: 3_000 });
    expect([told, store.batches]).toEqual([[false, true], [1]]);
  });

  it('is silent to those whose lease was lost, and says that it was', async () => {
    const told = added([park(1, 1, { partition: 0, epoch: 0 }), park(2, 1)]);
    await until(() => told[1] === true);
    expect([told[0], lost]).toEqual([null, [{ partition: 0, epoch: 0 }]]);
  });
});
