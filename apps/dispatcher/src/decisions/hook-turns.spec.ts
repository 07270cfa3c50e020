import { expect, test } from 'vitest';
import { HookTurns } from './hook-turns.js';

const never = () => new Promise<never>(() => {});
const unavailable = { code: 'unavailable', retryAfterSeconds: 1 };

test('bounds what waits for the hook of one rule, of one tenant, and in all', async () => {
  const turns = new HookTurns({ all: 4, perTenant: 3, perRule: 2 });
  const ask = (tenantId: string, id: string) => turns.during({ tenantId, id }, never);
  void ask('t1', 'r1');
  void ask('t1', 'r1');
  await expect(ask('t1', 'r1')).rejects.toMatchObject(unavailable);
  void ask('t1', 'r2');
  await expect(ask('t1', 'r2')).rejects.toMatchObject(unavailable);
  void ask('t2', 'r3');
  await expect(ask('t3', 'r4')).rejects.toMatchObject(unavailable);
  expect(turns.inFlight).toBe(4);
});

test('gives a turn back however the asking ends', async () => {
  const turns = new HookTurns({ all: 1, perTenant: 1, perRule: 1 });
  const rule = { tenantId: 't', id: 'r' };
  await turns.during(rule, async () => 'well');
  await expect(turns.during(rule, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  expect(await turns.during(rule, async () => 'again')).toBe('again');
});
