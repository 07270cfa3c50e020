import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { InboxStore } from './inbox.store.js';
import { type Candidate, placeOf, type Settlement } from './settlement.js';

const MINUTE_MS = 60_000;
const NOW_MS = 1_000 * MINUTE_MS;
const PARTITION = 3;

const hexOf = (text: string) => createHash('md5').update(text).digest('hex');

function candidate(name: string, sourceOffset: number, rejection: string | null = null, body = 'body'): Candidate {
  return { key: hexOf(name), sourcePartition: PARTITION, sourceOffset, bodyHash: hexOf(body), rejection };
}

/** Of each candidate: why it is rejected, else the offset of who holds its key. */
function endsOf(candidates: readonly Candidate[], { holders, rejected }: Settlement): (string | number | null)[] {
  return candidates.map((one) => rejected.get(placeOf(one)) ?? holders.get(one.key)?.sourceOffset ?? null);
}

/** What every inbox store must do with events that the configuration may reject. `open` gives an empty one. */
export function settlementConformance(open: () => Promise<InboxStore>): void {
  const settle = async (store: InboxStore, ...candidates: Candidate[]) =>
    endsOf(candidates, await store.settle(candidates, NOW_MS));

  test('what is rejected stays so with the same words, whoever asks again for whatever', async () => {
    const store = await open();
    expect(await settle(store, candidate('a', 1, 'no'), candidate('b', 2 ** 40))).toEqual(['no', 2 ** 40]);
    expect(await settle(store, candidate('a', 1))).toEqual(['no']);
    expect(await settle(store, candidate('a', 1, 'for another reason'), candidate('b', 2 ** 40, 'no'))).toEqual([
      'no',
      2 ** 40,
    ]);
  });

  test('what is rejected holds no key: a corrected event is taken, and stays so', async () => {
    const store = await open();
    const corrected = candidate('a', 3, null, 'another body');
    expect(await settle(store, candidate('a', 1, 'no'))).toEqual(['no']);
    expect(await settle(store, candidate('a', 2, 'nor this'))).toEqual(['nor this']);
    const { holders } = await store.settle([corrected], NOW_MS);
    const { rejection: _, ...entry } = corrected;
    expect(holders.get(corrected.key)).toEqual(entry);
    expect(await settle(store, candidate('a', 1), candidate('a', 2), candidate('a', 3), candidate('a', 4))).toEqual([
      'no',
      'nor this',
      3,
      3,
    ]);
  });

  test('what was taken is not rejected any more, and neither is what repeats it', async () => {
    const store = await open();
    expect(await settle(store, candidate('a', 1))).toEqual([1]);
    expect(await settle(store, candidate('a', 1, 'no'), candidate('a', 2, 'no'))).toEqual([1, 1]);
    expect(await settle(store, candidate('a', 2))).toEqual([1]);
  });

  test('events of one call are settled one after the other', async () => {
    const store = await open();
    const given = [
      candidate('a', 1, 'no'),
      candidate('b', 2),
      candidate('a', 3),
      candidate('b', 4, 'no'),
      candidate('a', 5, 'no'),
      candidate('c', 6, 'never'),
      candidate('c', 7, 'nor this'),
    ];
    const ends = ['no', 2, 3, 2, 3, 'never', 'nor this'];
    expect(await settle(store, ...given)).toEqual(ends);
    expect(await settle(store, ...given.map((one) => ({ ...one, rejection: null })))).toEqual(ends);
  });

  test('of routers that want differently at the same time one is right, for each event', async () => {
    const store = await open();
    const names = Array.from({ length: 40 }, (_, n) => `k${n}`);
    for (let round = 0; round < 5; round += 1) {
      const wants = (rejection: string | null, offset = round) =>
        names.map((name) => candidate(name + round, offset, rejection));
      const asked = [wants(null), wants('no').toReversed(), wants('nor this'), wants(null).toReversed()];
      const answers = await Promise.all(asked.map((candidates) => store.settle(candidates, NOW_MS)));
      const ends = answers.map((answer) => endsOf(wants(null), answer));
      for (const others of ends) expect(others).toEqual(ends[0]);
      expect(await settle(store, ...wants(null))).toEqual(ends[0]);
      const corrected = names.map((name) => candidate(name + round, 100 + round));
      for (const [n, end] of (await settle(store, ...corrected)).entries()) {
        expect(end).toBe(ends[0]?.[n] === round ? round : 100 + round);
      }
    }
  });

  test('of routers that correct and reject at the same time each event ends once', async () => {
    const store = await open();
    const names = Array.from({ length: 40 }, (_, n) => `k${n}`);
    const bad = names.map((name) => candidate(name, 1, 'no'));
    await store.settle(bad, NOW_MS);
    const second = (rejection: string | null) => names.map((name) => candidate(name, 2, rejection));
    const [one, ...others] = await Promise.all(
      [second(null), second('no').toReversed(), second(null)].map((candidates) => store.settle(candidates, NOW_MS)),
    );
    const ends = one && endsOf(second(null), one);
    for (const other of others) expect(endsOf(second(null), other)).toEqual(ends);
    expect(await settle(store, ...bad)).toEqual(names.map(() => 'no'));
  });

  test('rejections are removed when they are old, at most so many at once, and their keys with them', async () => {
    const store = await open();
    await settle(store, candidate('a', 1, 'no'), candidate('b', 2, 'no'), candidate('c', 3));
    await store.settle([candidate('a', 4, 'later')], NOW_MS + 5 * MINUTE_MS);
    const beforeMs = NOW_MS + MINUTE_MS;
    let removed = 0;
    for (let rows = 2; rows === 2; removed += rows) rows = await store.removeOlderThan(beforeMs, 2);
    expect(removed).toBeGreaterThanOrEqual(3);
    expect(await settle(store, candidate('a', 4), candidate('a', 1), candidate('b', 2), candidate('c', 5))).toEqual([
      'later',
      1,
      2,
      5,
    ]);
  });

  test('settles nothing without asking anybody', async () => {
    expect(await (await open()).settle([], NOW_MS)).toEqual({ holders: new Map(), rejected: new Map() });
  });
}
