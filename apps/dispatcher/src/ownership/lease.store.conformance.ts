import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../journal/checkpoint.js';
import type { LeaseStore } from './lease.store.js';

const checkpoint = (epoch: number, deliveriesOffset: number): Checkpoint => ({
  epoch,
  deliveriesOffset,
  journalOffset: deliveriesOffset + 100,
  journalEpoch: epoch - 1,
  marks: new Map([
    [2, { sourceOffset: 7, integrationId: 'int_1' }],
    // A partition of `redeliveries`.
    [-3, { sourceOffset: 9, integrationId: 'int_2' }],
  ]),
});

/** What every lease store does. */
export function leaseStoreConformance(name: string, create: () => Promise<LeaseStore>): void {
  describe(`${name}: a lease store`, () => {
    let store: LeaseStore;

    const take = async (partition: number, owner: string) => {
      const [taken] = await store.take(await store.see([partition]), { name: owner, address: null });
      return taken;
    };

    beforeEach(async () => {
      store = await create();
    });

    it('knows partitions that nobody had', async () => {
      expect(await store.see([1, 2])).toEqual([
        { partition: 1, epoch: 0, renewal: 0, owner: null },
        { partition: 2, epoch: 0, renewal: 0, owner: null },
      ]);
    });

    it('gives a lease in the epoch above, to its taker', async () => {
      expect(await take(1, 'a')).toEqual({ partition: 1, epoch: 1, checkpoint: null });
      expect(await store.see([1])).toEqual([{ partition: 1, epoch: 1, renewal: 0, owner: 'a' }]);
      expect(await take(1, 'b')).toMatchObject({ epoch: 2 });
    });

    it('gives a lease to one of two contenders that saw the same', async () => {
      const seen = await store.see([1]);
      const taken = await Promise.all([
        store.take(seen, { name: 'a', address: null }),
        store.take(seen, { name: 'b', address: null }),
      ]);
      expect(taken.map(({ length }) => length).sort()).toEqual([0, 1]);
    });

    it('gives nothing to a contender that saw an earlier renewal', async () => {
      await take(1, 'a');
      const seen = await store.see([1]);
      await store.renew([{ fence: { partition: 1, epoch: 1 }, checkpoint: null }], null);
      expect(await store.take(seen, { name: 'b', address: null })).toEqual([]);
    });

    it('keeps the checkpoint over renewals and owners, until there is a newer one', async () => {
      await take(1, 'a');
      const fence = { partition: 1, epoch: 1 };
      await store.renew([{ fence, checkpoint: checkpoint(1, 5) }], null);
      await store.renew([{ fence, checkpoint: null }], null);
      expect((await take(1, 'b'))?.checkpoint).toEqual(checkpoint(1, 5));
      await store.renew([{ fence: { partition: 1, epoch: 2 }, checkpoint: checkpoint(2, 9) }], null);
      expect((await take(1, 'c'))?.checkpoint).toEqual(checkpoint(2, 9));
    });

    it('renews only what is held in the epoch, and writes no checkpoint of another', async () => {
      await take(1, 'a');
      await take(1, 'b');
      await take(2, 'b');
      const renewed = await store.renew(
        [
          { fence: { partition: 1, epoch: 1 }, checkpoint: checkpoint(1, 99) },
          { fence: { partition: 2, epoch: 1 }, checkpoint: checkpoint(1, 3) },
        ],
        null,
      );
      expect([...renewed]).toEqual([2]);
      expect((await take(1, 'c'))?.checkpoint).toBeNull();
    });

    it('lets go of a released lease, whose owner can renew it no more', async () => {
      await take(1, 'a');
      await store.release([{ partition: 1, epoch: 1 }]);
      expect(await store.see([1])).toMatchObject([{ epoch: 1, owner: null }]);
      expect(await store.renew([{ fence: { partition: 1, epoch: 1 }, checkpoint: null }], null)).toEqual(new Set());
    });

    it('knows where an owner is reached, also one that learnt its address after it took the lease', async () => {
      const fence = { partition: 1, epoch: 1 };
      expect(await store.ownerOf(1)).toBeNull();
      await take(1, 'a');
      expect(await store.ownerOf(1)).toEqual({ name: 'a', address: null });
      await store.renew([{ fence, checkpoint: null }], 'http://10.0.0.1:4003');
      expect(await store.ownerOf(1)).toEqual({ name: 'a', address: 'http://10.0.0.1:4003' });
      await store.release([fence]);
      expect(await store.ownerOf(1)).toBeNull();
    });

    it('ignores the release of an earlier epoch', async () => {
      await take(1, 'a');
      await take(1, 'b');
      await store.release([{ partition: 1, epoch: 1 }]);
      expect(await store.see([1])).toMatchObject([{ owner: 'b' }]);
    });
  });
}
