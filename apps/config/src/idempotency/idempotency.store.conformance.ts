import type { EventStore } from '@hookstile/event-store';
import { describe, expect, it } from 'vitest';
import type { IdempotencyStore, KeptAnswer } from './idempotency.store.js';

export interface StoresUnderTest<Handle> {
  events: EventStore<Handle>;
  answers: IdempotencyStore<Handle>;
}

const NOW = '2026-01-02T03:04:05.678Z';
const LATER = '2026-01-03T03:04:05.678Z';

const answer = (id: string, overrides: Partial<KeptAnswer> = {}): KeptAnswer => ({
  id,
  tenantId: 'ten_1',
  fingerprint: 'f',
  content: { any: ['json', null] },
  outboxIds: [1, 9_007_199_254_740_991],
  expiresAt: LATER,
  ...overrides,
});

/** What every store of answers must do; `create` gives empty stores. */
export function idempotencyStoreConformance<Handle>(
  name: string,
  create: () => Promise<StoresUnderTest<Handle>>,
): void {
  const write = ({ events, answers }: StoresUnderTest<Handle>, ...rows: KeptAnswer[]) =>
    events.transaction(async ({ handle }) => {
      for (const each of rows) await answers.put(handle, each);
    });
  const readOf = async (
    tenantId: string | null,
    { events, answers }: StoresUnderTest<Handle>,
    id: string,
    now: string = NOW,
  ) => (await events.transaction(({ handle }) => answers.get(handle, tenantId, id, now))).result;
  const read = (stores: StoresUnderTest<Handle>, id: string, now?: string) => readOf('ten_1', stores, id, now);

  describe(`kept answers: ${name}`, () => {
    it('are read as they were written, until they expire', async () => {
      const stores = await create();
      const ofNobody = answer('b', { tenantId: null, content: 'text', outboxIds: [] });
      await write(stores, answer('a'), ofNobody);
      expect(await read(stores, 'a')).toEqual(answer('a'));
      expect(await readOf(null, stores, 'b')).toEqual(ofNobody);
      expect(await read(stores, 'c')).toBeNull();
      expect(await read(stores, 'a', LATER)).toBeNull();
    });

    it('are not there for another tenant, nor for none', async () => {
      const stores = await create();
      await write(stores, answer('a'), answer('b', { tenantId: null }));
      expect(await readOf('ten_2', stores, 'a')).toBeNull();
      expect(await readOf(null, stores, 'a')).toBeNull();
      expect(await read(stores, 'b')).toBeNull();
    });

    it('take the place of one that has expired', async () => {
      const stores = await create();
      await write(stores, answer('a', { expiresAt: NOW }));
      await write(stores, answer('a', { fingerprint: 'g', tenantId: 'ten_2' }));
      expect(await readOf('ten_2', stores, 'a')).toEqual(answer('a', { fingerprint: 'g', tenantId: 'ten_2' }));
    });

    it('are not there where their transaction failed, and still there where the one that deleted them did', async () => {
      const stores = await create();
      const failing = (work: (handle: Handle) => Promise<void>) =>
        expect(
          stores.events.transaction(async ({ handle }) => {
            await work(handle);
            throw new Error('on purpose');
          }),
        ).rejects.toThrow('on purpose');
      await failing((handle) => stores.answers.put(handle, answer('a')));
      expect(await read(stores, 'a')).toBeNull();
      await write(stores, answer('a'));
      await failing((handle) => stores.answers.deleteOfTenant(handle, 'ten_1'));
      expect(await read(stores, 'a')).toEqual(answer('a'));
    });

    it('go with their tenant, and no others', async () => {
      const stores = await create();
      await write(stores, answer('a'), answer('b', { tenantId: 'ten_2' }), answer('c', { tenantId: null }));
      await stores.events.transaction(({ handle }) => stores.answers.deleteOfTenant(handle, 'ten_1'));
      expect(await read(stores, 'a')).toBeNull();
      expect(await readOf('ten_2', stores, 'b')).not.toBeNull();
      expect(await readOf(null, stores, 'c')).not.toBeNull();
    });

    it('are deleted once they have expired, the longest expired ones first, so many at a time', async () => {
      const stores = await create();
      const expired = ['2026-01-01T00:00:00.003Z', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z'];
      await write(stores, answer('kept'), ...expired.map((expiresAt, n) => answer(`e${n}`, { expiresAt })));
      expect(await stores.answers.deleteExpired(NOW, 2)).toBe(2);
      const early = '2025-01-01T00:00:00.000Z';
      expect(await read(stores, 'e0', early)).not.toBeNull();
      expect([await read(stores, 'e1', early), await read(stores, 'e2', early)]).toEqual([null, null]);
      expect(await stores.answers.deleteExpired(NOW, 2)).toBe(1);
      expect(await stores.answers.deleteExpired(NOW, 2)).toBe(0);
      expect(await read(stores, 'kept')).not.toBeNull();
    });

    it('have one claimant at a time, and another id another one', async () => {
      const { events, answers } = await create();
      let claimants = 0;
      const claim = (id: string) =>
        events.transaction(async ({ handle }) => {
          if (!(await answers.claim(handle, id))) return;
          claimants += 1;
          expect(claimants).toBe(1);
          await answers.get(handle, 'ten_1', id, NOW);
          claimants -= 1;
        });
      await Promise.all(Array.from({ length: 5 }, () => claim('a')));
      const again = await events.transaction(({ handle }) => answers.claim(handle, 'a'));
      expect(again.result).toBe(true);
    });
  });
}
