import { type Routing, routingsV1 } from '@hookstile/contracts';
import { FakeMessaging, type ReceivedRecord, type RecordPublisher } from '@hookstile/messaging';
import { anIntegration, fixedClock } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { FakeInboxStore } from '../inbox/inbox.store.fake.js';
import { FakeTenantBeginningStore } from '../inbox/tenant-beginning.store.fake.js';
import { ingestMetrics } from '../ingest-metrics.js';
import { IntegrationMatcher } from '../match/integration-matcher.js';
import { NO_SCHEMAS } from '../schemas/event-schemas.fake.js';
import { RoundRouter } from './round-router.js';
import { ROUND_WRITES_WANTED } from './round-size.js';

const TENANT = 'ten_1';

function eventAt(offset: number, id: string): ReceivedRecord {
  const attributes = { ce_specversion: '1.0', ce_id: id, ce_source: '/s', ce_type: 't', ce_tenantid: TENANT };
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, Buffer.from(text)]));
  return { topic: 'events', partition: 0, offset, key: 'k', headers, value: Buffer.from('1'), timestampMs: 0 };
}

/** What routers share. */
class World {
  readonly messaging = new FakeMessaging({ partitions: 1 });
  readonly inbox = new FakeInboxStore();
  readonly beginnings = new FakeTenantBeginningStore();
  readonly asked: number[] = [];
  /** Whether the topic `configuration` has the tenant. */
  tenantExists = false;
  readonly clock = fixedClock();
  integrations = [anIntegration({ id: 'int_a', tenantId: TENANT })];
  /** What happens while an event is matched. */
  atMatch = () => {};

  /** @param atFirstBarrier what happens once it has passed its first barrier */
  async router(atFirstBarrier = async () => {}, publisher?: RecordPublisher): Promise<RoundRouter> {
    const atBarriers = [atFirstBarrier];
    let sees = this.tenantExists;
    return new RoundRouter({
      configuration: {
        knowsTenant: () => sees,
        matcherOf: () => {
          this.atMatch();
          return new IntegrationMatcher(this.integrations);
        },
        isRecent: true,
        catchUp: async () => {
          sees = this.tenantExists;
          await atBarriers.shift()?.();
        },
      },
      schemas: NO_SCHEMAS,
      inbox: this.inbox,
      beginnings: {
        settle: (found, nowMs) => {
          this.asked.push(found.length);
          return this.beginnings.settle(found, nowMs);
        },
        removeOlderThan: async () => 0,
      },
      publisher: publisher ?? (await this.messaging.publisher({ name: 'routed' })),
      topics: { deliveries: 'deliveries', routings: 'routings', partitionCount: 1 },
      clock: this.clock,
      metrics: ingestMetrics(),
    });
  }

  /** It takes them, and dies before it writes anything. */
  async takeAndDie(records: readonly ReceivedRecord[]): Promise<void> {
    const dead = new Error('the process ends here');
    const publisher = { publish: () => Promise.reject(dead), pending: 0, healthy: null, close: async () => {} };
    const router = await this.router(async () => {}, publisher);
    await expect(router.route(records)).rejects.toThrow(dead);
  }

  get fates(): string[] {
    return this.messaging.records('routings').map((record) => {
      const result = routingsV1.decode(record);
      if (result.outcome !== 'decoded') throw new Error(result.outcome);
      const { sourceOffset, outcome, reason }: Routing = result.value;
      return `${sourceOffset} ${reason ?? outcome}`;
    });
  }
}

test('an event of an unknown tenant stays rejected when it is read again and the tenant exists', async () => {
  const world = new World();
  await (await world.router()).route([eventAt(0, 'e1')]);
  world.tenantExists = true;
  await (await world.router()).route([eventAt(0, 'e1'), eventAt(1, 'e1'), eventAt(2, 'e1')]);
  expect(world.fates).toEqual(['0 unknown_tenant', '0 unknown_tenant', '1 routed', '2 duplicate']);
});

test('an event that was rejected and is taken by a router that dies makes no later one a duplicate', async () => {
  const world = new World();
  await (await world.router()).route([eventAt(0, 'e1')]);
  world.tenantExists = true;
  await world.takeAndDie([eventAt(0, 'e1')]);
  await (await world.router()).route([eventAt(1, 'e1')]);
  expect(world.fates).toEqual(['0 unknown_tenant', '1 routed']);
});

test('an event that a dead router took is routed by one that had passed the barrier before there was a tenant', async () => {
  const world = new World();
  const router = await world.router(() => {
    world.tenantExists = true;
    return world.takeAndDie([eventAt(0, 'e1')]);
  });
  await router.route([eventAt(0, 'e1'), eventAt(1, 'e1')]);
  expect(world.fates).toEqual(['0 routed', '1 duplicate']);
});

test('an event of a tenant that was deleted is rejected, whoever took events of it before', async () => {
  const world = new World();
  world.tenantExists = true;
  const router = await world.router();
  await router.route([eventAt(0, 'e1')]);
  world.tenantExists = false;
  await router.route([eventAt(1, 'e2')]);
  await (await world.router()).route([eventAt(2, 'e3')]);
  expect(world.fates).toEqual(['0 routed', '1 unknown_tenant', '2 unknown_tenant']);
});

test('asks once whether a tenant has begun, and each time where it has not', async () => {
  const world = new World();
  const router = await world.router();
  for (const offset of [0, 1]) await router.route([eventAt(offset, `e${offset}`)]);
  expect(world.asked).toEqual([1, 1]);
  world.tenantExists = true;
  for (const offset of [2, 3, 4]) await router.route([eventAt(offset, `e${offset}`)]);
  expect(world.asked).toEqual([1, 1, 1]);
});

test('others get their turn while events of one round are matched at length', async () => {
  const world = new World();
  world.tenantExists = true;
  const router = await world.router();
  let turns = 0;
  const turnsBefore: number[] = [];
  world.atMatch = () => {
    turnsBefore.push(turns);
    world.clock.advance(20);
    setImmediate(() => {
      turns += 1;
    });
  };
  await router.route([0, 1, 2].map((offset) => eventAt(offset, `e${offset}`)));
  expect(turnsBefore).toEqual([0, 1, 2]);
  expect(world.fates).toEqual(['0 routed', '1 routed', '2 routed']);
});

test('others get their turn while the deliveries of one event are built', async () => {
  const world = new World();
  world.tenantExists = true;
  world.integrations = Array.from({ length: 300 }, (_, n) => anIntegration({ id: `int_${n}`, tenantId: TENANT }));
  const router = await world.router();
  const { monotonicMs } = world.clock;
  world.clock.monotonicMs = () => {
    world.clock.advance(1);
    return monotonicMs.call(world.clock);
  };
  let turns = 0;
  let isRouting = true;
  const take = () => {
    turns += 1;
    if (isRouting) setImmediate(take);
  };
  setImmediate(take);
  await router.route([eventAt(0, 'e0')]);
  isRouting = false;
  expect(world.messaging.records('deliveries')).toHaveLength(300);
  expect(turns).toBeGreaterThan(30);
});

test('takes less into a round once many integrations want each event, and writes it in order', async () => {
  const world = new World();
  world.tenantExists = true;
  world.integrations = Array.from({ length: 9 }, (_, n) => anIntegration({ id: `int_${n}`, tenantId: TENANT }));
  const router = await world.router();
  const before = router.maxRecords;
  await router.route(Array.from({ length: 200 }, (_, offset) => eventAt(offset, `e${offset}`)));
  expect([before, router.maxRecords]).toEqual([ROUND_WRITES_WANTED, ROUND_WRITES_WANTED / 10]);
  expect(world.fates).toEqual(Array.from({ length: 200 }, (_, offset) => `${offset} routed`));
});
