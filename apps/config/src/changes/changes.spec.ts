import { configurationV1, domainEventsV1 } from '@hookstile/contracts';
import { FakeEventStore } from '@hookstile/event-store';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { apiKeyAggregate } from '../api-keys/api-key-aggregate.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import { Changes, PUBLICATIONS_WAITING_MAX, republish } from './changes.js';
import { noSuch } from './no-such.js';
import { SYSTEM_ORIGIN } from './origin.js';

const PARTITIONS = 12;
const create = { type: 'create', at: FIXED_NOW, name: 'Acme', plan: 'standard' } as const;

function setUp({
  published = async () => true,
  waiting = 0,
}: {
  published?: (outboxIds: readonly number[]) => Promise<boolean>;
  waiting?: number;
}) {
  const events = new FakeEventStore();
  const readModels = new FakeReadModelStore();
  const changes = new Changes(events, readModels, { published, waiting }, PARTITIONS, fakeTenantKeys());
  const createTenant = () =>
    changes.run(SYSTEM_ORIGIN, async (change) => (await change.loadOfAny(tenantAggregate, 'ten_1')).execute(create));
  return { events, readModels, changes, createTenant };
}

describe('a change', () => {
  it('is answered only when its records are published', async () => {
    const published = Promise.withResolvers<boolean>();
    const { events, createTenant } = setUp({ published: () => published.promise });
    let answered = false;
    const answer = createTenant().then(() => {
      answered = true;
    });
    while (events.outbox.length === 0) await Promise.resolve();
    expect(answered).toBe(false);
    published.resolve(true);
    await answer;
  });

  it('is stored, and answered as unavailable, when that takes too long', async () => {
    const { readModels, createTenant } = setUp({ published: async () => false });
    await expect(createTenant()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    expect(await readModels.get('ten_1', 'tenant', 'ten_1')).toMatchObject({ version: 1 });
  });

  it('is not taken while too many wait for their publication', async () => {
    const { events, readModels, createTenant } = setUp({ waiting: PUBLICATIONS_WAITING_MAX + 1 });
    await expect(createTenant()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await readModels.get('ten_1', 'tenant', 'ten_1')).toBeNull();
    expect(events.outbox).toEqual([]);
  });

  it("finds no thing of another tenant's, in the words for one that does not exist", async () => {
    const { changes } = setUp({});
    const key = { type: 'create', at: FIXED_NOW, tenantId: 'ten_1', name: 'CI', role: 'viewer', hash: 'ab' } as const;
    const loadOf = (tenantId: string, id: string) =>
      changes.run(SYSTEM_ORIGIN, async (change) => (await change.loadOf(tenantId, apiKeyAggregate, id)).state);
    await changes.run(SYSTEM_ORIGIN, async (change) => {
      await (await change.loadOf('ten_1', apiKeyAggregate, 'key_1')).execute(key);
    });
    const missing = { code: 'not_found', message: noSuch('api-key').message };
    await expect(loadOf('ten_2', 'key_1')).rejects.toMatchObject(missing);
    expect(await loadOf('ten_1', 'key_1')).toMatchObject({ name: 'CI' });
    expect(await loadOf('ten_2', 'key_2')).toMatchObject({ status: 'absent' });
  });

  it('puts the newest state and each domain event into the outbox', async () => {
    const { events, createTenant } = setUp({});
    await createTenant();
    const [state, fact] = events.outbox.map(({ record }) => ({ ...record, headers: bytes(record.headers) }));
    expect(state && configurationV1.decode(state)).toMatchObject({
      value: { kind: 'tenant', version: 1, name: 'Acme' },
    });
    expect(fact && domainEventsV1.decode(fact)).toMatchObject({
      value: { action: 'tenant.created', before: null, after: { name: 'Acme' }, actor: { type: 'system' } },
    });
    expect([state?.key, state?.partition]).toEqual(['tenant:ten_1', 0]);
  });

  it('leaves nothing behind when a later step of it fails', async () => {
    const { events, readModels, changes } = setUp({});
    const failing = changes.run(SYSTEM_ORIGIN, async (change) => {
      await (await change.loadOfAny(tenantAggregate, 'ten_1')).execute(create);
      await change.holdTenant('ten_2');
    });
    await expect(failing).rejects.toMatchObject({ code: 'not_found' });
    expect(events.outbox).toEqual([]);
    expect(await readModels.get('ten_1', 'tenant', 'ten_1')).toBeNull();
  });

  it('can be rehearsed: it answers, or is refused, as it would be, and leaves nothing behind', async () => {
    const { events, readModels, changes, createTenant } = setUp({});
    const rehearse = () =>
      changes.rehearse(SYSTEM_ORIGIN, async (change) =>
        (await change.loadOfAny(tenantAggregate, 'ten_1')).execute(create),
      );
    expect(await rehearse()).toMatchObject({ name: 'Acme', version: 1 });
    expect(events.outbox).toEqual([]);
    expect(await readModels.get('ten_1', 'tenant', 'ten_1')).toBeNull();
    await createTenant();
    await expect(rehearse()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('writes nothing when it changes nothing', async () => {
    const { events, changes, createTenant } = setUp({});
    await createTenant();
    const before = events.outbox.length;
    await changes.run(SYSTEM_ORIGIN, async (change) =>
      (await change.loadOfAny(tenantAggregate, 'ten_1')).execute({ ...create, type: 'update' }),
    );
    expect(events.outbox).toHaveLength(before);
  });

  it('that changes nothing is answered only when what came before it is published', async () => {
    let isPublished = true;
    const { changes, createTenant } = setUp({ published: async (ids) => ids.length === 0 || isPublished });
    await createTenant();
    isPublished = false;
    const again = changes.run(SYSTEM_ORIGIN, async (change) =>
      (await change.loadOfAny(tenantAggregate, 'ten_1')).execute({ ...create, type: 'update' }),
    );
    await expect(again).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('can be published again without a new version', async () => {
    const { events, changes, createTenant } = setUp({});
    await createTenant();
    await republish(changes, 'tenant', 'ten_1');
    const [first, , again] = events.outbox;
    expect(again?.record).toEqual(first?.record);
  });
});

function bytes(headers: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));
}
