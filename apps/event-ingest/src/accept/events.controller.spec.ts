import { type Principal, ProblemError, RecentConfiguration } from '@hookstile/service-runtime';
import { fixedClock } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { EventsController } from './events.controller.js';

const platform: Principal = { type: 'platform', tenantId: 'ten_1', role: 'platform', keyId: null, keyName: null };
const nobody = { tenant: () => undefined };
const unused = {} as never;

function emitWith(recent: Pick<RecentConfiguration, 'newest'>): Promise<unknown> {
  const more = [unused, unused, unused] as const;
  const controller = new EventsController(unused, fixedClock(), unused, unused, nobody, recent, ...more);
  return controller.accept(platform, unused, unused);
}

test('a tenant that is not known is looked for in the newest configuration, and is then no tenant', async () => {
  let asked = 0;
  const newest = async () => {
    asked += 1;
  };
  await expect(emitWith({ newest })).rejects.toMatchObject({ code: 'not_found' });
  expect(asked).toBe(1);
});

test('a tenant that is not known is waited for no longer than the configuration may take', async () => {
  const silent = { catchUp: () => new Promise<never>(() => undefined) };
  const recent = new RecentConfiguration(silent, fixedClock(), 1);
  const emitted = emitWith(recent);
  await expect(emitted).rejects.toBeInstanceOf(ProblemError);
  await expect(emitted).rejects.toMatchObject({ code: 'unavailable' });
});
