import type { EventStore } from '@hookstile/event-store';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import type { TenantKeyRow, TenantKeyStore } from './tenant-key.store.js';

export interface KeyStoresUnderTest<Handle> {
  events: EventStore<Handle>;
  keys: TenantKeyStore<Handle>;
}

const row = (tenantId: string, keyId: string | null, version = 1): TenantKeyRow => ({
  tenantId,
  version,
  wrapped: keyId === null ? null : { keyId, nonce: 'n', ciphertext: `of ${tenantId}` },
  at: FIXED_NOW,
});

/** What every store of tenants' keys must do; `create` gives empty stores. */
export function tenantKeyStoreConformance<Handle>(
  name: string,
  create: () => Promise<KeyStoresUnderTest<Handle>>,
): void {
  const inTransaction = async <T>({ events }: KeyStoresUnderTest<Handle>, work: (handle: Handle) => Promise<T>) =>
    (await events.transaction(({ handle }) => work(handle))).result;
  const add = (stores: KeyStoresUnderTest<Handle>, ...rows: TenantKeyRow[]) =>
    inTransaction(stores, async (handle) => {
      for (const each of rows) await stores.keys.add(handle, each);
    });
  const get = (stores: KeyStoresUnderTest<Handle>, tenantId: string) =>
    inTransaction(stores, (handle) => stores.keys.get(handle, tenantId));

  describe(`tenants' keys: ${name}`, () => {
    it('keeps the first key that a tenant is given', async () => {
      const stores = await create();
      const both = await inTransaction(stores, async (handle) => [
        await stores.keys.add(handle, row('ten_1', 'k1')),
        await stores.keys.add(handle, row('ten_1', 'k2')),
      ]);
      expect(both).toEqual([true, false]);
      expect(await get(stores, 'ten_1')).toEqual(row('ten_1', 'k1'));
      expect(await get(stores, 'ten_2')).toBeNull();
    });

    it('gives two transactions at the same time one key', async () => {
      const stores = await create();
      const firsts = ['k1', 'k2', 'k3'].map((keyId) =>
        inTransaction(stores, async (handle) => {
          const first = await stores.keys.add(handle, row('ten_1', keyId));
          return { first, keyId, seen: (await stores.keys.get(handle, 'ten_1'))?.wrapped?.keyId };
        }),
      );
      const results = await Promise.all(firsts);
      const winners = results.filter(({ first }) => first);
      expect(winners).toHaveLength(1);
      for (const { seen } of results) expect(seen).toBe(winners[0]?.keyId);
    });

    it('replaces, and forgets', async () => {
      const stores = await create();
      await add(stores, row('ten_1', 'k1'), row('ten_2', 'k1'));
      await inTransaction(stores, async (handle) => {
        expect(await stores.keys.lock(handle, 'ten_1')).toEqual(row('ten_1', 'k1'));
        await stores.keys.replace(handle, [row('ten_1', 'k2', 2)]);
        await stores.keys.forget(handle, row('ten_2', null, 2));
      });
      expect(await get(stores, 'ten_1')).toEqual(row('ten_1', 'k2', 2));
      expect(await get(stores, 'ten_2')).toEqual(row('ten_2', null, 2));
    });

    it('finds, page by page, what stands under another key of the ring, and nothing forgotten', async () => {
      const stores = await create();
      await add(stores, row('c', 'old'), row('a', 'old'), row('b', 'new'), row('d', null), row('e', 'older'));
      const others = (after: string) =>
        inTransaction(stores, async (handle) =>
          (await stores.keys.lockOthers(handle, 'new', after, 2)).map(({ tenantId }) => tenantId),
        );
      expect([await others(''), await others('c')]).toEqual([['a', 'c'], ['e']]);
      expect(await stores.keys.uses()).toEqual([
        { keyId: 'new', count: 1 },
        { keyId: 'old', count: 2 },
        { keyId: 'older', count: 1 },
      ]);
    });

    it('lists every version, of forgotten keys too', async () => {
      const stores = await create();
      await add(stores, row('b', null, 3), row('a', 'k1'), row('c', 'k1', 2));
      expect(await stores.keys.versions('', 2)).toEqual([
        { id: 'a', version: 1 },
        { id: 'b', version: 3 },
      ]);
      expect(await stores.keys.versions('b', 2)).toEqual([{ id: 'c', version: 2 }]);
    });

    it('leaves nothing of a transaction that fails', async () => {
      const stores = await create();
      const failing = inTransaction(stores, async (handle) => {
        await stores.keys.add(handle, row('ten_1', 'k1'));
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await get(stores, 'ten_1')).toBeNull();
    });
  });
}
