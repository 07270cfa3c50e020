import type { EventStore } from '@hookstile/event-store';
import { describe, expect, it } from 'vitest';
import type { FailureCount, ReadModelRow, ReadModelStore } from './read-model.store.js';

export interface StoresUnderTest<Handle> {
  events: EventStore<Handle>;
  readModels: ReadModelStore<Handle>;
}

const row = (id: string, position: number, overrides: Partial<ReadModelRow> = {}): ReadModelRow => ({
  id,
  tenantId: 'ten_1',
  version: 1,
  deleted: false,
  position,
  state: { name: id },
  ...overrides,
});

const count = (sequence: number, consecutiveFailures: number): FailureCount => ({
  integrationId: 'int_1',
  enablement: 1,
  sequence,
  consecutiveFailures,
});

/** What every store of read models must do; `create` gives empty stores. */
export function readModelStoreConformance<Handle>(name: string, create: () => Promise<StoresUnderTest<Handle>>): void {
  const write = ({ events, readModels }: StoresUnderTest<Handle>, ...rows: ReadModelRow[]) =>
    events.transaction(async ({ handle }) => {
      for (const each of rows) await readModels.put(handle, 'integration', each);
    });

  describe(`read models: ${name}`, () => {
    it('answers the newest state, and keeps the position of the first', async () => {
      const stores = await create();
      await write(stores, row('int_1', 7));
      await write(stores, row('int_1', 9, { version: 2, deleted: true, state: { name: 'new' } }));
      const expected = row('int_1', 7, { version: 2, deleted: true, state: { name: 'new' } });
      expect(await stores.readModels.get('ten_1', 'integration', 'int_1')).toEqual(expected);
      expect(await stores.readModels.get('ten_1', 'integration', 'int_2')).toBeNull();
      expect(await stores.readModels.get('ten_1', 'tenant', 'int_1')).toBeNull();
      expect(await stores.readModels.get('ten_2', 'integration', 'int_1')).toBeNull();
      const within = await stores.events.transaction(({ handle }) =>
        stores.readModels.get('ten_2', 'integration', 'int_1', handle),
      );
      expect(within.result).toBeNull();
    });

    it('lists all tenants, newest first, page by page, for the platform', async () => {
      const { events, readModels } = await create();
      await events.transaction(async ({ handle }) => {
        for (const [n, id] of ['a', 'b', 'c'].entries()) {
          await readModels.put(handle, 'tenant', row(id, n + 1, { tenantId: id, deleted: id === 'b' }));
        }
      });
      const idsOf = (rows: readonly ReadModelRow[]) => rows.map(({ id }) => id);
      expect(idsOf(await readModels.listTenants({ limit: 9, before: null }))).toEqual(['c', 'a']);
      expect(idsOf(await readModels.listTenants({ limit: 1, before: 3 }))).toEqual(['a']);
      expect(idsOf(await readModels.list('a', 'tenant', { limit: 9, before: null }))).toEqual(['a']);
    });

    it('lists newest first, page by page, without other tenants and deleted ones', async () => {
      const stores = await create();
      await write(
        stores,
        row('a', 1),
        row('b', 2),
        row('c', 3),
        row('d', 4, { deleted: true }),
        row('e', 5, { tenantId: 'ten_2' }),
      );
      const list = async (tenantId: string, limit: number, before: number | null) =>
        (await stores.readModels.list(tenantId, 'integration', { limit, before })).map(({ id }) => id);
      expect(await list('ten_1', 2, null)).toEqual(['c', 'b']);
      expect(await list('ten_1', 2, 2)).toEqual(['a']);
      expect(await list('ten_2', 9, null)).toEqual(['e']);
    });

    it('forgets a row that is removed, and takes another position for one that comes instead', async () => {
      const stores = await create();
      await write(stores, row('int_1', 1), row('int_2', 2));
      await stores.events.transaction(async ({ handle }) => {
        await stores.readModels.remove(handle, 'integration', 'int_1');
        await stores.readModels.remove(handle, 'integration', 'int_2');
        await stores.readModels.put(handle, 'integration', row('int_2', 5, { tenantId: 'ten_2' }));
      });
      expect(await stores.readModels.get('ten_1', 'integration', 'int_1')).toBeNull();
      expect(await stores.readModels.get('ten_2', 'integration', 'int_2')).toEqual(
        row('int_2', 5, { tenantId: 'ten_2' }),
      );
    });

    it('forgets what a failed transaction wrote', async () => {
      const { events, readModels } = await create();
      const failing = events.transaction(async ({ handle }) => {
        await readModels.put(handle, 'integration', row('int_1', 1));
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await readModels.get('ten_1', 'integration', 'int_1')).toBeNull();
    });

    it('finds an API key by its hash until it is deleted', async () => {
      const { events, readModels } = await create();
      const key = row('key_1', 1, { hash: 'ab', state: { name: 'CI', role: 'editor' } });
      await events.transaction(({ handle }) => readModels.put(handle, 'api-key', key));
      const found = { tenantId: 'ten_1', role: 'editor', keyId: 'key_1', name: 'CI' };
      expect(await readModels.keyByHash('ab')).toEqual(found);
      expect(await readModels.keyByHash('cd')).toBeNull();
      await events.transaction(({ handle }) => readModels.put(handle, 'api-key', { ...key, deleted: true }));
      expect(await readModels.keyByHash('ab')).toBeNull();
    });

    it("finds a tenant's thing by its name until it is renamed or deleted", async () => {
      const { events, readModels } = await create();
      const named = (id: string, position: number, name: string, overrides: Partial<ReadModelRow> = {}) =>
        row(id, position, { state: { settings: { name } }, ...overrides });
      const found = async (name: string, ...rows: ReadModelRow[]) => {
        const { result } = await events.transaction(async ({ handle }) => {
          for (const each of rows) await readModels.put(handle, 'decision-rule', each);
          return readModels.idByName(handle, 'decision-rule', 'ten_1', name);
        });
        return result;
      };
      expect(await found('posture', named('a', 1, 'posture'), named('b', 2, 'Posture'))).toBe('a');
      expect(await found('other', named('c', 3, 'other', { tenantId: 'ten_2' }))).toBeNull();
      expect(await found('posture', named('a', 1, 'renamed'))).toBeNull();
      expect(await found('renamed')).toBe('a');
      expect(await found('renamed', named('a', 1, 'renamed', { deleted: true }))).toBeNull();
      expect(await found('renamed', named('d', 4, 'renamed'))).toBe('d');
    });

    it("tells a tenant's things by their names, oldest first, as many as are asked for", async () => {
      const stores = await create();
      const named = (name: string) => ({ state: { settings: { name } } });
      await write(
        stores,
        row('b', 1, named('one')),
        row('a', 2, named('two')),
        row('c', 3, named('one')),
        row('d', 4, { ...named('gone'), deleted: true }),
        row('e', 5, { ...named('other'), tenantId: 'ten_2' }),
      );
      const namesOf = async (limit: number) =>
        (
          await stores.events.transaction((tx) =>
            stores.readModels.namesOfTenant(tx.handle, 'integration', 'ten_1', limit),
          )
        ).result;
      const [b, a, c] = [
        { id: 'b', name: 'one' },
        { id: 'a', name: 'two' },
        { id: 'c', name: 'one' },
      ];
      expect(await namesOf(9)).toEqual([b, a, c]);
      expect(await namesOf(2)).toEqual([b, a]);
    });

    it("names a tenant's things and every version, deleted ones too", async () => {
      const stores = await create();
      await write(stores, row('b', 1, { version: 3 }), row('a', 2), row('c', 3, { deleted: true }));
      const ids = await stores.events.transaction(({ handle }) =>
        stores.readModels.idsOfTenant(handle, 'integration', 'ten_1'),
      );
      expect(ids.result).toEqual(['a', 'b']);
      expect(await stores.readModels.versions('integration', 'a', 10)).toEqual([
        { kind: 'integration', id: 'b', version: 3 },
        { kind: 'integration', id: 'c', version: 1 },
      ]);
      expect(await stores.readModels.versions('integration', '', 1)).toHaveLength(1);
    });

    it("says what a tenant's things take together, of whatever kind, without deleted ones", async () => {
      const stores = await create();
      await write(stores, row('a', 1), row('b', 2, { deleted: true }), row('c', 3, { tenantId: 'ten_2' }));
      const { result } = await stores.events.transaction(async ({ handle }) => {
        const taken = () => stores.readModels.bytesOfTenant(handle, 'ten_1', 1_000);
        const one = await taken();
        await stores.readModels.put(handle, 'event-type', row('d', 4, { state: { name: 'ä'.repeat(500) } }));
        return [one, await taken(), await stores.readModels.bytesOfTenant(handle, 'ten_3', 1_000)];
      });
      const [one = 0, two = 0, none] = result;
      // JSON as Postgres writes it has a few spaces more.
      expect([Math.floor(one / 20), Math.floor((two - one) / 20), none]).toEqual([50, 100, 0]);
    });

    it("names a tenant's integrations with a profile, without deleted ones", async () => {
      const stores = await create();
      const withProfile = (profile: string) => ({ state: { settings: { profile } } });
      await write(
        stores,
        row('b', 1, withProfile('one')),
        row('a', 2, withProfile('two')),
        row('c', 3, withProfile('three')),
        row('d', 4, { ...withProfile('one'), deleted: true }),
        row('e', 5, { ...withProfile('one'), tenantId: 'ten_2' }),
      );
      const ids = await stores.events.transaction(({ handle }) =>
        stores.readModels.idsOfProfiles(handle, 'ten_1', ['one', 'two']),
      );
      expect(ids.result).toEqual(['a', 'b']);
    });

    it('keeps the count of failures with the highest sequence', async () => {
      const stores = await create();
      const { readModels } = stores;
      await write(stores, row('int_1', 1));
      await readModels.putFailures([count(2, 20), count(5, 50), count(3, 30)]);
      await readModels.putFailures([count(4, 40)]);
      expect((await readModels.failuresOf('ten_1', ['int_1', 'int_2'])).get('int_1')).toEqual(count(5, 50));
      expect((await readModels.failuresOf('ten_1', ['int_2'])).size).toBe(0);
      expect((await readModels.failuresOf('ten_2', ['int_1'])).size).toBe(0);
    });

    it('keeps what was told of a failure run, unless a later one is known, and of a count that nothing was', async () => {
      const stores = await create();
      const { events, readModels } = stores;
      await write(stores, row('int_1', 1));
      const within = <T>(work: (handle: Handle) => Promise<T>) =>
        events.transaction(({ handle }) => work(handle)).then(({ result }) => result);
      const known = () =>
        within((handle) => readModels.failureRunsOf(['int_1', 'int_2'], handle)).then(([run]) => run?.[1] ?? null);
      const told = { ...count(5, 1), told: true, toldSinceMs: 1_700_000_000_123, toldCount: 2 };
      expect(await known()).toBeNull();
      await within((handle) => readModels.putFailureRun(handle, told));
      await within((handle) => readModels.putFailureRun(handle, { ...told, sequence: 4, told: false }));
      expect(await known()).toEqual(told);
      expect((await readModels.failuresOf('ten_1', ['int_1'])).get('int_1')).toEqual(count(5, 1));
      expect([...(await readModels.failureRunsOf(['int_1']))]).toEqual([['int_1', told]]);
      await readModels.putFailures([count(6, 2)]);
      expect(await known()).toEqual({ ...told, ...count(6, 2), told: false });
    });

    it('knows whose integrations name one of some patterns, and whether one but a certain one does', async () => {
      const stores = await create();
      const named = (...eventTypes: string[]) => ({ state: { settings: { eventTypes } } });
      await write(
        stores,
        row('a', 1, named('*', 'x.*')),
        row('b', 2, named('hookstile.*', 'y')),
        row('c', 3, { ...named('hookstile.*'), tenantId: 'ten_2', deleted: true }),
        row('d', 4, { ...named('hookstile.integration.failing'), tenantId: 'ten_3' }),
      );
      const patterns = ['hookstile.*', 'hookstile.integration.*'];
      const isSubscribed = (exceptId: string, tenantId = 'ten_1') =>
        stores.events
          .transaction(({ handle }) => stores.readModels.isSubscribed(handle, { tenantId, patterns, exceptId }))
          .then(({ result }) => result);
      expect([await isSubscribed('a'), await isSubscribed('b')]).toEqual([true, false]);
      expect([await isSubscribed('a', 'ten_2'), await isSubscribed('a', 'ten_3')]).toEqual([false, false]);
      const tenants = ['ten_1', 'ten_2', 'ten_3'];
      expect(await stores.readModels.subscribedTenants(tenants, patterns)).toEqual(new Set(['ten_1']));
      expect(await stores.readModels.subscribedTenants(tenants, ['hookstile.integration.failing'])).toEqual(
        new Set(['ten_3']),
      );
    });
  });
}
