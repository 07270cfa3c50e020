import { expect, test } from 'vitest';
import { HookPools } from './hook-pools.js';

const unused = () => {
  throw new Error('nothing connects here');
};

test('gives each rule connections of its own, also to an origin of others, and keeps them', async () => {
  const pools = new HookPools(unused);
  const pool = pools.of('rul_1', 'http://192.0.2.1');
  expect(pools.of('rul_1', 'http://192.0.2.1')).toBe(pool);
  expect(pools.of('rul_2', 'http://192.0.2.1')).not.toBe(pool);
  expect(pools.of('rul_1', 'http://192.0.2.2')).not.toBe(pool);
  await pools.close();
});
