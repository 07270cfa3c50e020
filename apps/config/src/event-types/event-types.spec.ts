import { FakeEventStore } from '@hookstile/event-store';
import { RECENT_NOTICE_MS } from '@hookstile/service-runtime';
import { FIXED_NOW } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import { EVENT_TYPES_MAX_COUNT, EventTypes } from './event-types.js';

async function aTenantsTypes(tenantMaxBytes?: number) {
  const readModels = new FakeReadModelStore();
  const changes = new Changes(
    new FakeEventStore(),
    readModels,
    { published: async () => true, waiting: 0 },
    12,
    fakeTenantKeys(),
    tenantMaxBytes,
  );
  let nowMs = Date.parse(FIXED_NOW);
  const waits: number[] = [];
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 };
  const eventTypes = new EventTypes(changes, readModels, clock, async (ms) => waits.push(ms));
  const caller = { tenantId: 'ten_1', origin: SYSTEM_ORIGIN };
  const put = (type: string, description = '', schema: object | null = null) =>
    eventTypes.put(caller, type, undefined, { description, schema });
  await changes.run(SYSTEM_ORIGIN, async (change) =>
    (await change.loadOfAny(tenantAggregate, 'ten_1')).execute({
      type: 'create',
      at: FIXED_NOW,
      name: 'A',
      plan: 'standard',
    }),
  );
  const later = (ms: number) => {
    nowMs += ms;
  };
  return { put, remove: (type: string) => eventTypes.delete(caller, type, undefined), waits, later };
}

it('has a bound on how many event types a tenant has, which a deletion makes room in', async () => {
  const { put, remove } = await aTenantsTypes();
  for (let n = 0; n < EVENT_TYPES_MAX_COUNT; n += 1) await put(`type.${n}`);
  await expect(put('one.more')).rejects.toMatchObject({ code: 'conflict' });
  expect((await put('type.0', 'another')).created).toBe(false);
  await remove('type.0');
  expect((await put('one.more')).created).toBe(true);
});

it('is announced before the answer where it gets a schema, and whenever that may not have happened yet', async () => {
  const { put, remove, waits, later } = await aTenantsTypes();
  const announced = async (schema: object | null, description = '') => {
    await put('t', description, schema);
    return waits.splice(0);
  };
  expect(await announced(null)).toEqual([]);
  expect(await announced({})).toEqual([RECENT_NOTICE_MS]);
  expect(await announced({}), 'repeated, as by a client that got no answer').toEqual([RECENT_NOTICE_MS]);
  expect(await announced({ minimum: 1 }), 'changed at once').toEqual([RECENT_NOTICE_MS]);
  later(60_000);
  expect(await announced({ minimum: 1 }), 'repeated later').toEqual([]);
  expect(await announced({ minimum: 2 }), 'changed: of a type with a schema the newest is asked for').toEqual([]);
  expect(await announced(null)).toEqual([]);
  later(60_000);
  expect(await announced({}), 'again').toEqual([RECENT_NOTICE_MS]);
  await remove('t');
  expect(await announced({}), 'created again').toEqual([RECENT_NOTICE_MS]);
});

it('needs room in what the tenant may configure again where it was deleted', async () => {
  const { put, remove } = await aTenantsTypes(5_000);
  const large = 'x'.repeat(3_000);
  await put('first', large);
  await remove('first');
  await put('second', large);
  await expect(put('first', large)).rejects.toMatchObject({ code: 'configuration_full' });
  await remove('second');
  expect((await put('first', large)).created).toBe(true);
});
