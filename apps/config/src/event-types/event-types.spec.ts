import { FakeEventStore } from '@hookstile/event-store';
import { FIXED_NOW } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import { EVENT_TYPES_MAX_COUNT, EventTypes } from './event-types.js';

it('has a bound on how many event types a tenant has, which a deletion makes room in', async () => {
  const readModels = new FakeReadModelStore();
  const changes = new Changes(
    new FakeEventStore(),
    readModels,
    { published: async () => true, waiting: 0 },
    12,
    fakeTenantKeys(),
  );
  const clock = { nowMs: () => Date.parse(FIXED_NOW), monotonicMs: () => 0 };
  const eventTypes = new EventTypes(changes, readModels, clock);
  const caller = { tenantId: 'ten_1', origin: SYSTEM_ORIGIN };
  const put = (type: string, description = '') => eventTypes.put(caller, type, undefined, { description });
  await changes.run(SYSTEM_ORIGIN, async (change) =>
    (await change.load(tenantAggregate, 'ten_1')).execute({
      type: 'create',
      at: FIXED_NOW,
      name: 'A',
      plan: 'standard',
    }),
  );
  for (let n = 0; n < EVENT_TYPES_MAX_COUNT; n += 1) await put(`type.${n}`);
  await expect(put('one.more')).rejects.toMatchObject({ code: 'conflict' });
  expect((await put('type.0', 'another')).created).toBe(false);
  await eventTypes.delete(caller, 'type.0', undefined);
  expect((await put('one.more')).created).toBe(true);
});
