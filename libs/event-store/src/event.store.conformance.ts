import { describe, expect, it } from 'vitest';
import type { EventStore, NewDomainEvent, OutboxRecord } from './event.store.js';

const AT = '2026-01-02T03:04:05.678Z';
const lamp = { aggregate: 'lamp', id: 'lamp_1' };

const happened = (type: string): NewDomainEvent => ({
  type,
  at: AT,
  schemaVersion: 1,
  data: { of: type },
  metadata: { actor: 'a' },
});

const record = (key: string): OutboxRecord => ({
  topic: 'configuration',
  partition: 0,
  key,
  headers: { a: 'b' },
  value: Buffer.from([0, 255]),
});

/** What every event store must do; `createStore` gives an empty one. */
export function eventStoreConformance<Handle>(name: string, createStore: () => Promise<EventStore<Handle>>): void {
  describe(`event store: ${name}`, () => {
    it('loads what was appended, in order, with versions from 1 and rising sequences', async () => {
      const store = await createStore();
      await store.transaction((tx) => tx.append(lamp, 0, [happened('LampMade')]));
      await store.transaction((tx) => tx.append(lamp, 1, [happened('LampLit'), happened('LampBroken')]));

      const { result: events } = await store.transaction((tx) => tx.load(lamp));
      expect(events.map(({ type, version }) => [type, version])).toEqual([
        ['LampMade', 1],
        ['LampLit', 2],
        ['LampBroken', 3],
      ]);
      expect(events[0]).toMatchObject({ at: AT, data: { of: 'LampMade' }, metadata: { actor: 'a' } });
      const sequences = events.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    });

    it('keeps the schema version, and answers an append as it is loaded later, to the order of members', async () => {
      const store = await createStore();
      const data = { zebra: 1, a: { b: [{ y: 1, x: null }], aa: 1.5 }, undefinedIsLeftOut: undefined };
      const made = { ...happened('LampMade'), schemaVersion: 3, data };
      const { result: appended } = await store.transaction((tx) => tx.append(lamp, 0, [made, happened('LampLit')]));
      const { result: loaded } = await store.transaction((tx) => tx.load(lamp));
      expect(JSON.stringify(appended)).toBe(JSON.stringify(loaded));
      expect(loaded.map(({ schemaVersion }) => schemaVersion)).toEqual([3, 1]);
    });

    it('reads a stream page by page, oldest first', async () => {
      const store = await createStore();
      const events = ['LampMade', 'LampLit', 'LampBroken'].map(happened);
      await store.transaction((tx) => tx.append(lamp, 0, events));
      await store.transaction((tx) => tx.append({ aggregate: 'lamp', id: 'lamp_2' }, 0, [happened('LampMade')]));
      const { result: loaded } = await store.transaction((tx) => tx.load(lamp));
      expect(await store.read(lamp, 0, 2)).toEqual(loaded.slice(0, 2));
      expect(await store.read(lamp, 2, 2)).toEqual(loaded.slice(2));
      expect(await store.read(lamp, 3, 2)).toEqual([]);
      expect(await store.read({ aggregate: 'lamp', id: 'lamp_3' }, 0, 2)).toEqual([]);
    });

    it('keeps streams apart', async () => {
      const store = await createStore();
      await store.transaction((tx) => tx.append(lamp, 0, [happened('LampMade')]));
      const { result } = await store.transaction((tx) => tx.load({ aggregate: 'lamp', id: 'lamp_2' }));
      expect(result).toEqual([]);
    });

    it('begins a stream without loading it, and goes on with it in the same transaction', async () => {
      const store = await createStore();
      await store.transaction(async (tx) => {
        tx.begin(lamp);
        await tx.append(lamp, 0, [happened('LampMade')]);
        await tx.append(lamp, 1, [happened('LampLit')]);
      });
      const { result: events } = await store.transaction((tx) => tx.load(lamp));
      expect(events.map(({ type, version }) => [type, version])).toEqual([
        ['LampMade', 1],
        ['LampLit', 2],
      ]);
    });

    it('refuses to begin a stream that is there', async () => {
      const store = await createStore();
      await store.transaction((tx) => tx.append(lamp, 0, [happened('LampMade')]));
      const again = store.transaction((tx) => {
        tx.begin(lamp);
        return tx.append(lamp, 0, [happened('LampMade')]);
      });
      await expect(again).rejects.toMatchObject({ code: 'version_conflict' });
    });

    it('refuses an append whose expected version is not the current one', async () => {
      const store = await createStore();
      await store.transaction((tx) => tx.append(lamp, 0, [happened('LampMade')]));
      for (const expected of [0, 2]) {
        await expect(store.transaction((tx) => tx.append(lamp, expected, [happened('LampLit')]))).rejects.toMatchObject(
          { code: 'version_conflict', retryable: false },
        );
      }
    });

    it('lets one of many concurrent writers of one version win', async () => {
      const store = await createStore();
      const writers = Array.from({ length: 5 }, () =>
        store.transaction((tx) => tx.append(lamp, 0, [happened('LampMade')])),
      );
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('answers the outbox rows of a transaction in the order they were put', async () => {
      const store = await createStore();
      const seen: number[] = [];
      const { result, outboxIds } = await store.transaction(async (tx) => {
        await tx.enqueue([record('a'), record('b')]);
        await tx.enqueue([record('c')]);
        seen.push(...(await tx.outboxIds()));
        return 'done';
      });
      expect(result).toBe('done');
      expect(outboxIds).toHaveLength(3);
      expect(seen).toEqual(outboxIds);
      expect([...outboxIds].sort((a, b) => a - b)).toEqual(outboxIds);
    });

    it('takes as many outbox rows in one transaction as it is given', async () => {
      const store = await createStore();
      const { outboxIds } = await store.transaction(async (tx) => {
        for (let n = 0; n < 1_201; n += 1) await tx.enqueue([record(`k${n}`)]);
      });
      expect(new Set(outboxIds).size).toBe(1_201);
      expect([...outboxIds].sort((a, b) => a - b)).toEqual(outboxIds);
    });

    it('answers a transaction that put nothing into the outbox with the rows that wait there', async () => {
      const store = await createStore();
      expect((await store.transaction(async () => 'nothing')).outboxIds).toEqual([]);
      const { outboxIds } = await store.transaction((tx) => tx.enqueue([record('a'), record('b')]));
      expect((await store.transaction((tx) => tx.load(lamp))).outboxIds).toEqual(outboxIds);
      expect((await store.transaction((tx) => tx.outboxIds())).result).toEqual(outboxIds);
    });

    it('leaves nothing of a transaction that fails', async () => {
      const store = await createStore();
      const failing = store.transaction(async (tx) => {
        await tx.append(lamp, 0, [happened('LampMade')]);
        await tx.enqueue([record('a')]);
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      const { result } = await store.transaction((tx) => tx.load(lamp));
      expect(result).toEqual([]);
    });

    it.each(['lockShared', 'lock'] as const)('makes a writer wait for one that has the lock by %s', async (take) => {
      const store = await createStore();
      const order: string[] = [];
      let writer: Promise<unknown> = Promise.resolve();
      await store.transaction(async (tx) => {
        await tx[take](lamp);
        writer = store.transaction(async (other) => {
          await other.load(lamp);
          order.push('writer');
        });
        await tx.append({ aggregate: 'lamp', id: 'lamp_2' }, 0, [happened('LampMade')]);
        order.push('reader');
      });
      await writer;
      expect(order).toEqual(['reader', 'writer']);
    });
  });
}
