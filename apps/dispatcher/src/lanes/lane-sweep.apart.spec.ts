import { expect, it, vi } from 'vitest';
import { LANES_AWAKE_OF_ONE_MIN, LANES_IN_MEMORY_OF_ONE } from './lane.bounds.js';
import { OneOwner } from './one-owner.fake.js';

const HOUR_MS = 3_600_000;

vi.mock('./lane.bounds.js', async (original) => ({ ...(await original<object>()), LANES_IN_MEMORY_OF_ONE: 3 }));

it('more lanes than may be in memory make room whatever their rows say, and none is late by what they say too much', async () => {
  const owner = new OneOwner([1, HOUR_MS]);
  const keys = Array.from({ length: LANES_AWAKE_OF_ONE_MIN }, (_, n) => `key_${n}`);
  for (const [n, key] of keys.entries()) await owner.waits(key, n, owner.nowMs + 100 * HOUR_MS);
  await owner.begin();
  for (const [n, key] of keys.entries()) owner.takes(key, 100 + n);
  await owner.rests();
  expect(owner.runner.lanes.length).toBeLessThanOrEqual(LANES_IN_MEMORY_OF_ONE);
  expect(owner.sent).toEqual([]);
  await owner.pass(HOUR_MS + 60_000);
  expect(new Set(owner.sent)).toEqual(new Set(keys));
  expect(owner.store.stored).toEqual([]);
}, 20_000);
