import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Delivery,
  deliveriesV1,
  type IntegrationConfiguration,
  type Routing,
  routingsV1,
} from '@hookstile/contracts';
import { FakeMessaging, type RecordPublisher } from '@hookstile/messaging';
import { type Logger, systemClock } from '@hookstile/service-runtime';
import { anIntegration, until } from '@hookstile/testing';
import { afterEach, expect, test } from 'vitest';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import { EventsConsumer } from '../consumes/events.consumer.js';
import { FakeInboxStore } from '../inbox/inbox.store.fake.js';
import { FakeTenantBeginningStore } from '../inbox/tenant-beginning.store.fake.js';
import { ingestMetrics } from '../ingest-metrics.js';
import { IntegrationMatcher } from '../match/integration-matcher.js';
import { NO_SCHEMAS } from '../schemas/event-schemas.fake.js';
import { alarmOf, RoutingProgress } from './progress.js';
import { RoundRouter } from './round-router.js';
import { FakeRoutedThroughStore } from './routed-through.store.fake.js';
import { Router } from './router.js';

const PARTITIONS = 2;
const GROUP = 'router';

const alarms: string[] = [];
const logger = {
  warn: () => undefined,
  fatal: ({ alarm }: { alarm: string }) => alarms.push(alarm),
} as unknown as Logger;

/** What outlives a router's process. */
class World {
  readonly messaging = new FakeMessaging({ partitions: PARTITIONS });
  readonly inbox = new FakeInboxStore();
  readonly beginnings = new FakeTenantBeginningStore();
  readonly routedThrough = new FakeRoutedThroughStore();
  integrations: readonly IntegrationConfiguration[] = [anIntegration({ id: 'int_a' }), anIntegration({ id: 'int_b' })];
  tenants = new Set(['ten_1']);
  catchUp = async () => {};
  openStores = async () => {};

  readonly configuration: RoutingConfiguration = {
    knowsTenant: (id) => this.tenants.has(id),
    matcherOf: () => new IntegrationMatcher(this.integrations),
    isRecent: true,
    catchUp: () => this.catchUp(),
  };

  async start(publisher?: RecordPublisher): Promise<Router> {
    const metrics = ingestMetrics();
    const consumer = new EventsConsumer({ messaging: this.messaging, topic: 'events', groupId: GROUP, metrics });
    const boundsOf = async (partition: number) => ({
      start: await this.messaging.startOffset({ topic: 'events', partition }),
      end: await this.messaging.endOffset({ topic: 'events', partition }),
    });
    const rounds = new RoundRouter({
      configuration: this.configuration,
      schemas: NO_SCHEMAS,
      inbox: this.inbox,
      beginnings: this.beginnings,
      publisher: publisher ?? (await this.messaging.publisher({ name: 'routed' })),
      topics: { deliveries: 'deliveries', routings: 'routings', partitionCount: PARTITIONS },
      clock: systemClock,
      metrics,
    });
    const progress = new RoutingProgress(this.routedThrough, boundsOf, alarmOf(logger, 'events'));
    const router = new Router({
      source: 'events',
      openStores: this.openStores,
      consumer,
      rounds,
      progress,
      clock: systemClock,
      sleep,
      logger,
      metrics,
    });
    running.push(router);
    router.start();
    return router;
  }

  produce(id: string, data = '1', partition = 0, headers: Record<string, string> = {}): void {
    const attributes = { ce_specversion: '1.0', ce_id: id, ce_source: '/s', ce_type: 't', ce_tenantid: 'ten_1' };
    const value = Buffer.from(data);
    this.messaging.append({ topic: 'events', partition, key: 'k', headers: { ...attributes, ...headers }, value });
  }

  get deliveries(): Delivery[] {
    return this.messaging.records('deliveries').map((record) => decoded(deliveriesV1.decode(record)));
  }

  get routings(): Routing[] {
    return this.messaging.records('routings').map((record) => decoded(routingsV1.decode(record)));
  }

  /** What each integration gets, with offsets that the dispatcher would drop left out. */
  sentTo(integrationId: string): string[] {
    const mark = new Map<number, number>();
    return this.deliveries.flatMap(({ envelope, bytes }) => {
      if (envelope.integrationId !== integrationId) return [];
      if (envelope.sourceOffset <= (mark.get(envelope.sourcePartition) ?? -1)) return [];
      mark.set(envelope.sourcePartition, envelope.sourceOffset);
      return [bytes.toString()];
    });
  }
}

function decoded<T>(result: { outcome: string; value?: T }): T {
  if (result.outcome !== 'decoded' || result.value === undefined) throw new Error(result.outcome);
  return result.value;
}

const running: Router[] = [];

afterEach(async () => {
  alarms.length = 0;
  for (const router of running.splice(0)) await router.stop();
});

test('emits in source order and, within an event, by integration id', async () => {
  const world = new World();
  for (const id of ['e1', 'e2', 'e3']) world.produce(id, `"${id}"`);
  await world.start();
  await until(() => world.routings.length === 3);
  expect(world.messaging.requests.flat().map(({ key, topic }) => `${topic} ${key}`)).toEqual(
    Array(3).fill(['deliveries int_a', 'deliveries int_b', 'routings ten_1']).flat(),
  );
  expect(world.sentTo('int_b')).toEqual(['"e1"', '"e2"', '"e3"']);
});

test('the same event twice in one round, and in another partition, is delivered once', async () => {
  const world = new World();
  world.produce('e1');
  world.produce('e1');
  world.produce('e1', '2');
  world.produce('e1', '1', 1);
  await world.start();
  await until(() => world.routings.length === 4);
  const found = world.routings.map(({ sourcePartition, outcome, reason }) => [sourcePartition, reason ?? outcome]);
  expect(found.sort()).toEqual([
    [0, 'duplicate'],
    [0, 'id_reused'],
    [0, 'routed'],
    [1, 'duplicate'],
  ]);
  expect(world.deliveries).toHaveLength(2);
});

test('a crash between the inbox and the produce loses nothing', async () => {
  const world = new World();
  world.produce('e1');
  const crashing: RecordPublisher = {
    publish: () => Promise.reject(Object.assign(new Error('the process ends here'), { retryable: false })),
    pending: 0,
    healthy: null,
    close: async () => {},
  };
  const dying = await world.start(crashing);
  await until(() => alarms.includes('router_stopped'));
  await dying.stop();
  expect(world.inbox.size).toBe(1);
  await world.start();
  await until(() => world.routings.length >= 1);
  expect(world.sentTo('int_a')).toEqual(['1']);
  expect(world.routings.map(({ outcome }) => outcome)).not.toContain('duplicate');
});

test('a round whose writes are rejected goes again, in order, and loses nothing', async () => {
  const world = new World();
  world.messaging.failNextSends(2, 'written');
  for (const id of ['e1', 'e2']) world.produce(id, `"${id}"`);
  await world.start();
  await until(() => world.messaging.requests.length >= 3);
  await until(() => world.sentTo('int_a').length === 2);
  expect(world.sentTo('int_a')).toEqual(['"e1"', '"e2"']);
});

test('nothing is routed before the barrier is passed, and then under the newest configuration', async () => {
  const world = new World();
  const barrier = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  world.catchUp = () => {
    reached.resolve();
    return barrier.promise;
  };
  world.produce('e1');
  await world.start();
  await reached.promise;
  expect(world.messaging.requests).toEqual([]);
  world.integrations = [anIntegration({ id: 'int_new', version: 7 })];
  barrier.resolve();
  await until(() => world.routings.length === 1);
  expect(world.deliveries.map(({ envelope }) => [envelope.integrationId, envelope.integrationVersion])).toEqual([
    ['int_new', 7],
  ]);
});

test('a tenant that appears behind the barrier is known to the event that waited at it', async () => {
  const world = new World();
  world.tenants.clear();
  world.catchUp = async () => void world.tenants.add('ten_1');
  world.produce('e1');
  await world.start();
  await until(() => world.routings.length === 1);
  expect(world.routings[0]?.outcome).toBe('routed');
});

test('an event of an unknown tenant enters no inbox: the same one is taken once the tenant exists', async () => {
  const world = new World();
  world.tenants.clear();
  world.produce('e1');
  await world.start();
  await until(() => world.routings.length === 1);
  world.tenants.add('ten_1');
  world.produce('e1');
  await until(() => world.routings.length === 2);
  expect(world.routings.map(({ outcome, reason }) => reason ?? outcome)).toEqual(['unknown_tenant', 'routed']);
});

test('a round that fails is tried again and never skipped', async () => {
  const world = new World();
  let failures = 2;
  world.catchUp = async () => {
    failures -= 1;
    if (failures >= 0) throw Object.assign(new Error('away'), { retryable: true });
  };
  world.produce('e1');
  await world.start();
  await until(() => world.routings.length === 1);
  expect(world.routings[0]?.outcome).toBe('routed');
});

test('a round that fails is not tried again for a partition that went to another router, until it comes back', async () => {
  const world = new World();
  let asked = 0;
  let away = true;
  world.catchUp = async () => {
    asked += 1;
    if (away) throw Object.assign(new Error('away'), { retryable: true });
  };
  world.produce('e1', '1', 1);
  await world.start();
  await until(() => asked > 0);
  const handlers = { onBatch: () => undefined, onAssignment: () => undefined };
  const other = await world.messaging.subscribe({ groupId: GROUP, topics: ['events'], from: 'beginning', ...handlers });
  expect(other.assignment).toEqual([{ topic: 'events', partition: 1 }]);
  world.produce('e2', '2', 0);
  away = false;
  await until(() => world.routings.length > 0);
  expect(world.routings.map(({ event }) => event?.id)).toEqual(['e2']);
  await other.stop();
  await until(() => world.routings.length > 1);
  expect(world.routings.map(({ event }) => event?.id).sort()).toEqual(['e1', 'e2']);
});

test('stops with an alarm at a configuration of a newer release, and commits nothing behind it', async () => {
  const world = new World();
  world.catchUp = async () => {
    throw Object.assign(new Error('newer'), { code: 'configuration_unreadable', retryable: false });
  };
  world.produce('e1');
  const router = await world.start();
  await until(() => alarms.includes('router_stopped'));
  expect(() => router.checkHealth()).toThrow('newer');
  await router.stop();
  expect(world.messaging.committed(GROUP, { topic: 'events', partition: 0 }) ?? 0).toBe(0);
});

test('stops a partition with an alarm when its unread events are gone, and routes the others', async () => {
  const world = new World();
  await world.routedThrough.save(new Map([[0, 1]]));
  for (const id of ['e1', 'e2', 'e3']) world.produce(id);
  world.messaging.truncate({ topic: 'events', partition: 0 }, 2);
  world.produce('other', '1', 1);
  const router = await world.start();
  await until(() => world.routings.length === 1);
  expect(world.routings[0]?.sourcePartition).toBe(1);
  expect(alarms).toEqual(['events_partition_stopped']);
  expect(() => router.checkHealth()).toThrow('unread events below offset 2 are gone');
});

test('tells of unread events that are gone before another event comes', async () => {
  const world = new World();
  for (const id of ['1', '2', '3']) world.produce(id);
  await world.routedThrough.save(new Map([[0, 1]]));
  world.messaging.truncate({ topic: 'events', partition: 0 }, 3);
  const router = await world.start();
  await until(() => alarms.includes('events_partition_stopped'));
  expect(() => router.checkHealth()).toThrow('unread events below offset 3 are gone; routed to 1');
});

test('stops a partition with an alarm when retention overtakes it while it is read', async () => {
  const world = new World();
  world.produce('e1');
  const router = await world.start();
  await until(() => world.routings.length === 1);
  for (const id of ['e2', 'e3', 'e4']) world.produce(id);
  world.messaging.truncate({ topic: 'events', partition: 0 }, 3);
  world.produce('other', '1', 1);
  await until(() => world.routings.length === 2);
  await until(() => alarms.includes('events_partition_stopped'));
  expect(world.routings.map(({ event }) => event?.id)).toEqual(['e1', 'other']);
  expect(() => router.checkHealth()).toThrow('unread events below offset 3 are gone; routed to 1');
});

test('stops a partition with an alarm when its log ends below what was routed', async () => {
  const world = new World();
  await world.routedThrough.save(new Map([[0, 100]]));
  world.produce('e1');
  await world.start();
  await until(() => alarms.length > 0);
  expect(world.routings).toEqual([]);
});

test('a stop ends the running round, stores and commits what was routed', async () => {
  const world = new World();
  for (const id of ['e1', 'e2']) world.produce(id);
  const router = await world.start();
  await until(() => world.routings.length === 2);
  await router.stop();
  expect(world.messaging.committed(GROUP, { topic: 'events', partition: 0 })).toBe(2);
  expect(await world.routedThrough.load()).toEqual(new Map([[0, 2]]));
});

test('reading events again from the beginning writes nothing', async () => {
  const world = new World();
  for (const id of ['e1', 'e2']) world.produce(id);
  const first = await world.start();
  await until(() => world.routings.length === 2);
  await first.stop();
  const requests = world.messaging.requests.length;
  const reset = await world.messaging.subscribe({
    groupId: GROUP,
    topics: ['events'],
    from: 'beginning',
    onBatch: () => undefined,
    onAssignment: () => undefined,
  });
  await reset.commit([{ topic: 'events', partition: 0, offset: 0 }]);
  await reset.stop();
  await world.start();
  world.produce('e3');
  await until(() => world.routings.length === 3);
  expect(world.messaging.requests.length).toBe(requests + 1);
});

test('a tombstone is recorded as rejected', async () => {
  const world = new World();
  const headers = { ce_tenantid: 'ten_1' };
  world.messaging.append({ topic: 'events', partition: 0, key: 'k', headers, value: null as unknown as Buffer });
  await world.start();
  await until(() => world.routings.length === 1);
  expect(world.routings).toMatchObject([{ outcome: 'rejected', reason: 'malformed', tenantId: 'ten_1', event: null }]);
});

test('a rejected record says whose it is and which event, as far as it can be read', async () => {
  const world = new World();
  world.produce('bad-data', '<x/>');
  const structured = { 'content-type': 'application/cloudevents+json' };
  const value = Buffer.from('{"specversion":"1.0","tenantid":"ten_1","id":"x"}');
  world.messaging.append({ topic: 'events', partition: 0, key: 'k', headers: structured, value });
  await world.start();
  await until(() => world.routings.length === 2);
  expect(world.routings).toMatchObject([
    { reason: 'data_not_json', tenantId: 'ten_1', event: { id: 'bad-data', type: 't' } },
    { reason: 'invalid', tenantId: 'ten_1', event: null },
  ]);
});

test('a large fan-out is written in pieces, each after the ack of the one before', async () => {
  const world = new World();
  world.integrations = Array.from({ length: 6_000 }, (_, i) => anIntegration({ id: `int_${10_000 + i}` }));
  const publisher = await world.messaging.publisher({ name: 'routed' });
  const calls: { records: number; pending: number }[] = [];
  const watched: RecordPublisher = {
    publish: (records) => {
      calls.push({ records: records.length, pending: publisher.pending });
      return publisher.publish(records);
    },
    pending: 0,
    healthy: null,
    close: async () => {},
  };
  world.produce('e1');
  await world.start(watched);
  await until(() => world.routings.length === 1);
  expect(world.deliveries).toHaveLength(6_000);
  expect(calls).toEqual([...Array(12).fill({ records: 500, pending: 0 }), { records: 1, pending: 0 }]);
  expect(world.routings[0]?.deliveries).toHaveLength(5_000);
  expect(world.routings[0]?.detail).toBe('5000 of 6000 deliveries are listed.');
});
