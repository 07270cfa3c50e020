import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { InboxStore } from './inbox.store.js';
import type { InboxEntry } from './inbox-entry.js';

const MINUTE_MS = 60_000;
const NOW_MS = 1_000 * MINUTE_MS;

const hexOf = (text: string) => createHash('md5').update(text).digest('hex');

function entryAt(name: string, sourceOffset: number, body = 'body'): InboxEntry {
  return { key: hexOf(name), sourcePartition: 3, sourceOffset, bodyHash: hexOf(body) };
}

/** What every inbox store must do. `open` gives an empty one. */
export function inboxStoreConformance(open: () => Promise<InboxStore>): void {
  test('a new key is held by its own entry, also when it is claimed again', async () => {
    const store = await open();
    const entries = [entryAt('a', 1), entryAt('b', 2 ** 40)];
    for (let round = 0; round < 2; round += 1) {
      expect([...(await store.claim(entries, NOW_MS)).values()]).toEqual(entries);
    }
  });

  test('a known key keeps the entry that came first', async () => {
    const store = await open();
    const first = entryAt('a', 1);
    await store.claim([first], NOW_MS);
    const other = entryAt('b', 6);
    const holders = await store.claim([entryAt('a', 5, 'other body'), other], NOW_MS);
    expect(holders.get(first.key)).toEqual(first);
    expect(holders.get(other.key)).toEqual(other);
  });

  test('of concurrent claims of the same keys one wins, for each key', async () => {
    const store = await open();
    const names = Array.from({ length: 50 }, (_, i) => `k${i}`);
    const claims = [names, names.toReversed(), names].map((order, claim) =>
      store.claim(
        order.map((name) => entryAt(name, claim)),
        NOW_MS,
      ),
    );
    const [one, ...others] = await Promise.all(claims);
    for (const other of others) for (const [key, holder] of other) expect(holder).toEqual(one?.get(key));
  });

  test('removes at most so many of what is old, and nothing else', async () => {
    const store = await open();
    const old = [entryAt('old1', 1), entryAt('old2', 2), entryAt('old3', 3)];
    await store.claim(old, NOW_MS);
    await store.claim([entryAt('new', 4)], NOW_MS + 5 * MINUTE_MS);
    const beforeMs = NOW_MS + MINUTE_MS;
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(2);
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(1);
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(0);
    const again = [entryAt('old1', 9), entryAt('new', 9)];
    const offsets = [...(await store.claim(again, NOW_MS)).values()].map(({ sourceOffset }) => sourceOffset);
    expect(offsets).toEqual([9, 4]);
  });

  test('claims nothing without asking anybody', async () => {
    expect(await (await open()).claim([], NOW_MS)).toEqual(new Map());
  });
}
