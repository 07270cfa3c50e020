import { expect, test } from 'vitest';
import { FetchPauses, QUEUED_MAX_BYTES, QUEUED_MAX_RECORDS } from './fetch-pauses.js';

const ASSIGNED = new Set([0, 1, 2, 3]);

/** A queue that holds so much of each partition. */
function pausesOf() {
  const held = new Map<number, { records: number; bytes: number }>();
  const sum = (member: 'records' | 'bytes') => [...held.values()].reduce((all, of) => all + of[member], 0);
  const pauses = new FetchPauses({
    get records() {
      return sum('records');
    },
    get bytes() {
      return sum('bytes');
    },
    heldOf: (partition) => held.get(partition) ?? { records: 0, bytes: 0 },
  });
  const hold = (partition: number, records: number, bytes = 0) => held.set(partition, { records, bytes });
  return {
    came: (partition: number, records: number, bytes?: number) => {
      hold(partition, records, bytes);
      return pauses.toPause(ASSIGNED);
    },
    taken: (partition: number, records: number, bytes?: number) => {
      hold(partition, records, bytes);
      return pauses.toResume(ASSIGNED);
    },
    pauses,
  };
}

test('pauses whoever fills the queue, and nobody who does not', () => {
  const { came } = pausesOf();
  expect(came(1, 200)).toEqual([]);
  expect(came(0, QUEUED_MAX_RECORDS / 2)).toEqual([0]);
  expect(came(1, 300)).toEqual([]);
  expect(came(2, 10, QUEUED_MAX_BYTES / 2 + 1)).toEqual([2]);
});

test('pauses all where even so more comes than may be queued', () => {
  const { came } = pausesOf();
  expect(came(0, QUEUED_MAX_RECORDS)).toEqual([0]);
  expect(came(1, 1)).toEqual([1, 2, 3]);
});

test('resumes a partition once it has little, also while another has much', () => {
  const { came, taken } = pausesOf();
  came(0, QUEUED_MAX_RECORDS);
  came(1, 1);
  expect(taken(0, QUEUED_MAX_RECORDS)).toEqual([]);
  expect(taken(0, QUEUED_MAX_RECORDS - 1)).toEqual([1, 2, 3]);
  expect(taken(0, QUEUED_MAX_RECORDS / 4)).toEqual([]);
  expect(taken(0, QUEUED_MAX_RECORDS / 4 - 1)).toEqual([0]);
  expect(taken(0, 0)).toEqual([]);
});

test('begins anew after a rejoin', () => {
  const { came, taken, pauses } = pausesOf();
  expect(came(0, QUEUED_MAX_RECORDS)).toEqual([0]);
  pauses.forget();
  expect(taken(0, 0)).toEqual([]);
  expect(came(0, QUEUED_MAX_RECORDS)).toEqual([0]);
});
