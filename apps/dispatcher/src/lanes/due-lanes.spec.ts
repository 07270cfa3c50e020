import { expect, it } from 'vitest';
import { LANES_AWAKE_OF_ONE_MIN } from './lane.bounds.js';
import { OneOwner } from './one-owner.fake.js';

const SOON = Array.from({ length: 50 }, () => 5_000);

it('an owner who comes after the enabling sends at once what was held, whenever its next attempt was to be', async () => {
  const owner = new OneOwner(SOON);
  const laterMs = owner.nowMs + 8 * 3_600_000;
  await owner.waits('held', 0, laterMs);
  await owner.waits('failed', 1, laterMs);
  await owner.told(0);
  await owner.begin();
  expect(owner.sent).toEqual(['held']);
});

it('lanes that fail again and again keep no other lane of their integration asleep that is due', async () => {
  const owner = new OneOwner(SOON);
  for (let n = 0; n < LANES_AWAKE_OF_ONE_MIN; n += 1) await owner.waits(`dead_${n}`, n, owner.nowMs);
  await owner.waits('well', LANES_AWAKE_OF_ONE_MIN, owner.nowMs + 1);
  await owner.begin();
  expect(owner.sent).not.toContain('well');
  await owner.pass(4_000);
  expect(owner.sent).toContain('well');
  await owner.pass(10_000);
  const attempts = Map.groupBy(owner.sent, (key) => key);
  expect(attempts.size).toBe(LANES_AWAKE_OF_ONE_MIN + 1);
  expect([...attempts.values()].every((of) => of.length <= 3)).toBe(true);
});

it('a lane that has failed since the enabling waits for its next attempt while those that were held are gone through', async () => {
  const owner = new OneOwner([1, 8 * 3_600_000]);
  owner.change({ state: 'disabled', disabledReason: 'admin' });
  const keys = Array.from({ length: 6 * LANES_AWAKE_OF_ONE_MIN }, (_, n) => `dead_${n}`);
  for (const [n, key] of [...keys, 'dead_z'].entries()) await owner.waits(key, n, owner.nowMs + 3_600_000);
  await owner.begin();
  owner.change({ enablement: 3 });
  owner.takes('dead_z', 200);
  await owner.rests();
  expect(owner.sent).toContain('dead_z');
  expect(owner.sent.length).toBeLessThan(keys.length);
  await owner.pass(20_000);
  const attempts = Map.groupBy(owner.sent, (key) => key);
  expect(attempts.size).toBe(keys.length + 1);
  expect([...attempts].filter(([, of]) => of.length > 1)).toEqual([]);
});
