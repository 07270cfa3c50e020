import { expect, test } from 'vitest';
import { DeliveryMarks } from './delivery-marks.js';

const delivery = (sourceOffset: number, integrationId: string, sourcePartition = 0) => {
  return { trigger: 'event', sourcePartition, sourceOffset, integrationId } as const;
};

test('what is not above the mark was written again: by source offset, then by integration', () => {
  const marks = new DeliveryMarks();
  const judged = [delivery(5, 'int_b'), delivery(5, 'int_c'), delivery(5, 'int_a'), delivery(4, 'int_z')].map(
    (one, offset) => marks.judge(0, offset, one),
  );
  expect(judged).toEqual(['new', 'new', 'replayed', 'replayed']);
  expect(marks.judge(0, 9, delivery(4, 'int_z', 1))).toBe('new');
  expect(marks.judge(1, 9, delivery(4, 'int_z'))).toBe('new');
});

test('a partition that is read again from an earlier offset is not taken for replays', () => {
  const known = [{ partition: 0, sourcePartition: 0, sourceOffset: 5, integrationId: 'int_b', setAt: 7 }];
  const marks = new DeliveryMarks(known);
  expect(marks.judge(0, 3, delivery(2, 'int_b'))).toBe('read again');
  expect(marks.judge(0, 7, delivery(5, 'int_b'))).toBe('read again');
  expect(marks.judge(0, 8, delivery(5, 'int_b'))).toBe('replayed');
  expect(marks.found).toEqual([]);
});

test('a redelivery has marks of its own, so that only its own replay is one', () => {
  const marks = new DeliveryMarks();
  marks.judge(0, 0, delivery(5, 'int_a'));
  const again = { ...delivery(1, 'int_a'), trigger: 'redelivery' } as const;
  expect([1, 2].map((offset) => marks.judge(0, offset, again))).toEqual(['new', 'replayed']);
  expect(marks.found).toMatchObject([
    { sourcePartition: 0, sourceOffset: 5, setAt: 0 },
    { sourcePartition: -1, sourceOffset: 1, setAt: 1 },
  ]);
});

test('a test is never a replay, and sets no mark', () => {
  const marks = new DeliveryMarks();
  expect([0, 1].map((offset) => marks.judge(0, offset, { ...delivery(1, 'int_a'), trigger: 'test' }))).toEqual([
    'new',
    'new',
  ]);
  expect(marks.found).toEqual([]);
});
