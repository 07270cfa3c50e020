import { expect, test } from 'vitest';
import { Memory } from './memory.js';

const MAX_COUNT = 1_000;
const MAX_BYTES = 100_000;

function memoryOf() {
  const told: string[] = [];
  const memory = new Memory({ maxCount: MAX_COUNT, maxBytes: MAX_BYTES }, ({ heavy, isFull }) =>
    told.push(isFull ? 'all' : [...heavy].join()),
  );
  const come = (partition: number, count: number, bytes = 0) => memory.change(partition, count, bytes);
  return { memory, told, come };
}

test('pauses the partition that fills it, and nobody else', () => {
  const { memory, told, come } = memoryOf();
  come(0, 400);
  come(1, 50);
  expect(told).toEqual([]);
  come(0, 100);
  come(1, 50);
  come(2, 100);
  expect([told, [...memory.heavy], memory.isShort]).toEqual([['0'], [0], true]);
});

test('counts bytes as well', () => {
  const { told, come } = memoryOf();
  come(1, 1, 10);
  come(0, 1, MAX_BYTES / 2);
  expect(told).toEqual(['0']);
});

test('pauses all where there is no room even so, until there is', () => {
  const { told, come } = memoryOf();
  come(0, 900);
  come(1, 101);
  expect(told).toEqual(['0', 'all']);
  come(1, -101);
  come(0, -290);
  expect(told).toEqual(['0', 'all']);
  come(0, -10);
  expect(told).toEqual(['0', 'all', '0']);
});

test('goes on with a partition once it has little, also while another has much', () => {
  const { told, come } = memoryOf();
  come(0, 300);
  come(1, 300);
  come(0, 1);
  expect(told).toEqual(['1', '1,0']);
  come(1, -174);
  expect(told).toHaveLength(2);
  come(1, -1);
  expect(told.at(-1)).toBe('0');
});

test('goes on with all once there is much room', () => {
  const { memory, told, come } = memoryOf();
  come(1, 10);
  come(0, 600);
  come(0, -300);
  expect(told).toEqual(['0']);
  come(0, -10);
  expect([told, memory.isShort, memory.deliveries]).toEqual([['0', ''], false, 300]);
});
