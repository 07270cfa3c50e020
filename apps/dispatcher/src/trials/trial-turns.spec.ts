import { expect, test } from 'vitest';
import { TRIALS_IN_FLIGHT_MAX, TRIALS_PER_TENANT_MAX } from './trial.bounds.js';
import { TrialTurns } from './trial-turns.js';

test('a tenant, and all together, make so many trials at a time and no more; an ended one leaves its place', async () => {
  const turns = new TrialTurns();
  const { promise, resolve } = Promise.withResolvers<void>();
  const begin = (tenant: string) => turns.during(tenant, () => promise);
  const running = Array.from({ length: TRIALS_PER_TENANT_MAX }, () => begin('ten_0'));
  await expect(begin('ten_0')).rejects.toMatchObject({ code: 'rate_limited' });
  for (let n = TRIALS_PER_TENANT_MAX; n < TRIALS_IN_FLIGHT_MAX; n += 1) running.push(begin(`ten_${n}`));
  await expect(begin('ten_a')).rejects.toMatchObject({ code: 'unavailable' });
  resolve();
  await Promise.all(running);
  await expect(turns.during('ten_0', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  await expect(begin('ten_0')).resolves.toBeUndefined();
});
