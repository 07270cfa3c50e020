import type { ReceivedRecord } from '@hookstile/messaging';
import { expect, test } from 'vitest';
import { RoutingProgress } from './progress.js';
import { FakeRoutedThroughStore } from './routed-through.store.fake.js';

function records(...places: [partition: number, offset: number][]): ReceivedRecord[] {
  const rest = { topic: 'e', key: null, headers: {}, value: null, timestampMs: 0 };
  return places.map(([partition, offset]) => ({ ...rest, partition, offset }));
}

const places = (selected: readonly ReceivedRecord[]) =>
  selected.map(({ partition, offset }) => `${partition}/${offset}`);

async function open() {
  const store = new FakeRoutedThroughStore();
  const log = { start: 0, end: 100 };
  const progress = new RoutingProgress(
    store,
    async () => log,
    () => {},
  );
  return { store, progress, log };
}

test('selects each offset once, of assigned partitions, from where it was routed to', async () => {
  const { store, progress } = await open();
  await store.save(new Map([[0, 5]]));
  await progress.load([0, 1]);
  const fetched = records([0, 4], [0, 5], [1, 0], [0, 5], [0, 6], [2, 9]);
  expect(places(progress.select(fetched, new Set([0, 1])))).toEqual(['0/5', '1/0', '0/6']);
});

test('learns at an assignment what another router has done, and forgets nothing of its own', async () => {
  const { store, progress } = await open();
  await progress.load([0, 1]);
  progress.routed(records([0, 2], [1, 7]));
  await store.save(new Map([[0, 6]]));
  await store.save(new Map([[1, 3]]));
  await progress.load([0, 1]);
  const fetched = records([0, 5], [0, 6], [1, 7], [1, 8]);
  expect(places(progress.select(fetched, new Set([0, 1])))).toEqual(['0/6', '1/8']);
});

test('keeps what could not be stored for the next time', async () => {
  const { store, progress } = await open();
  progress.routed(records([0, 2]));
  const save = store.save.bind(store);
  store.save = () => Promise.reject(new Error('away'));
  await expect(progress.save()).rejects.toThrow('away');
  store.save = save;
  expect([progress.hasUnsaved, await progress.save()]).toEqual([true, new Map([[0, 3]])]);
  expect(progress.hasUnsaved).toBe(false);
});

test('takes offsets that a transaction has used for what they are, and those that retention has taken for a loss', async () => {
  const { progress, log } = await open();
  progress.routed(records([0, 2], [1, 2]));
  const fetched = records([0, 3], [0, 5], [1, 6]);
  expect(places(await progress.withoutLost(fetched))).toEqual(['0/3', '0/5', '1/6']);
  log.start = 4;
  expect(places(await progress.withoutLost(fetched))).toEqual(['0/3', '0/5']);
  expect([...progress.stopped.keys()]).toEqual([1]);
});

test('stops at a record that it refuses, and does not go on behind it after an assignment', async () => {
  const store = new FakeRoutedThroughStore();
  const stops: string[] = [];
  const log = async () => ({ start: 0, end: 100 });
  const refusalOf = ({ partition, offset }: ReceivedRecord) => (partition === 0 && offset === 5 ? 'newer' : null);
  const progress = new RoutingProgress(
    store,
    log,
    (partition, reason) => stops.push(`${partition} ${reason}`),
    refusalOf,
  );
  const assigned = new Set([0, 1]);
  await progress.load(assigned);
  expect(places(progress.select(records([0, 4], [0, 5], [0, 6], [1, 5]), assigned))).toEqual(['0/4', '1/5']);
  expect([stops, [...progress.stopped]]).toEqual([['0 newer'], [[0, 'newer']]]);

  progress.routed(records([0, 4]));
  await progress.load(assigned);
  expect(places(progress.select(records([0, 7]), assigned))).toEqual([]);

  // A newer release had the partition meanwhile.
  await store.save(new Map([[0, 8]]));
  await progress.load(assigned);
  expect(places(progress.select(records([0, 7], [0, 8]), assigned))).toEqual(['0/8']);
});
