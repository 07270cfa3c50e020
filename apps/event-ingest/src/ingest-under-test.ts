import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Configuration,
  type Contract,
  configurationKey,
  configurationV1,
  type Delivery,
  deliveriesV1,
  eventTypeIdOf,
  partitionOf,
  type Redelivery,
  type Routing,
  redeliveriesV1,
  routingsV1,
  sourceNumberOf,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Messaging, type RecordPublisher, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix, type PackedBatch, publishPacked } from '@hookstile/messaging/testing';
import {
  hashKey,
  RECENT_NOTICE_MS,
  type RunningService,
  type ServiceOverrides,
  startService,
} from '@hookstile/service-runtime';
import {
  anIntegration,
  createDatabaseSchema,
  type DatabaseSchema,
  FIXED_NOW,
  randomSuffix,
  randomTopicPrefix,
  testBrokers,
  until,
} from '@hookstile/testing';
import { eventIngestService } from './event-ingest.module.js';

const PARTITIONS = 3;
const ROUTED_TIMEOUT_MS = 20_000;
export const INGEST_ADMIN_KEY = `admin-${randomSuffix()}-key`;
export const FIRST_VERSION = { version: 1, deleted: false, at: FIXED_NOW };

interface Answer {
  status: number;
  body: { id?: string; code?: string; items?: unknown[]; errors?: { pointer: string }[] };
}

interface KafkaEvent {
  headers: Record<string, string>;
  value: Buffer;
}

/** The SDK names attributes that an event does not have, as undefined. */
export function textsOf(headers: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** An event-ingest of both roles on topics and a schema of its own, and all that it writes. */
export class IngestUnderTest {
  readonly prefix = randomTopicPrefix('ingest');
  readonly topic = {
    events: topicName(this.prefix, 'events'),
    configuration: topicName(this.prefix, 'configuration'),
    deliveries: topicName(this.prefix, 'deliveries'),
    routings: topicName(this.prefix, 'routings'),
  };
  readonly deliveries: Delivery[] = [];
  readonly routings: Routing[] = [];
  private running: RunningService | null = null;

  private constructor(
    readonly messaging: Messaging,
    private readonly publisher: RecordPublisher,
    private readonly database: DatabaseSchema,
  ) {}

  static async create(): Promise<IngestUnderTest> {
    const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'ingest-test' });
    const publisher = await messaging.publisher({ name: 'test' });
    const created = new IngestUnderTest(messaging, publisher, await createDatabaseSchema('ingest'));
    await messaging.createTopics(topicDefinitions(created.prefix, PARTITIONS), 1);
    await created.follow(created.topic.deliveries, deliveriesV1, created.deliveries);
    await created.follow(created.topic.routings, routingsV1, created.routings);
    created.service = await created.start();
    return created;
  }

  /** The one that requests go to. */
  get service(): RunningService {
    if (!this.running) throw new Error('event-ingest was not started');
    return this.running;
  }

  set service(service: RunningService) {
    this.running = service;
  }

  /** @param environment what this one is told besides */
  start(environment: NodeJS.ProcessEnv = {}, overrides: ServiceOverrides = {}): Promise<RunningService> {
    const told = {
      KAFKA_BROKERS: testBrokers().join(),
      DATABASE_URL: this.database.url,
      DATABASE_SCHEMA: this.database.schema,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_ADMIN_KEY: INGEST_ADMIN_KEY,
      LOG_LEVEL: 'error',
      HOST: '127.0.0.1',
      ...environment,
    };
    return startService(eventIngestService, told, overrides);
  }

  async configure(...configurations: Configuration[]): Promise<void> {
    const records = configurations.map((configuration) => ({
      topic: this.topic.configuration,
      partition: 0,
      ...configurationV1.encode(configurationKey(configuration.kind, configuration.id), configuration),
    }));
    await this.publisher.publish(records);
  }

  /** A tenant of the test's own with a producer's key and one integration for everything. */
  async aTenant(): Promise<{ tenantId: string; key: string; integrationId: string }> {
    const suffix = randomSuffix();
    const tenantId = `ten_${suffix}`;
    const integrationId = `int_${suffix}`;
    const key = `hk_${suffix}`;
    const hash = hashKey(key);
    await this.configure(
      { kind: 'tenant', id: tenantId, name: 'T', plan: 'standard', ...FIRST_VERSION },
      { kind: 'api-key', id: `key_${suffix}`, tenantId, name: 'K', role: 'producer', hash, ...FIRST_VERSION },
      anIntegration({ id: integrationId, tenantId }),
    );
    return { tenantId, key, integrationId };
  }

  /** As config does it: a first schema is announced before it is answered. */
  async putEventType(tenantId: string, type: string, version: number, schema: unknown): Promise<void> {
    const id = eventTypeIdOf(tenantId, type);
    const given = { description: '', schema, version, deleted: false, at: FIXED_NOW };
    await this.configure({ kind: 'event-type', id, tenantId, type, ...given });
    if (version === 1) await sleep(RECENT_NOTICE_MS);
  }

  async post(key: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    return this.postTo(this.service, key, body, headers);
  }

  async postTo(
    { url }: RunningService,
    key: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  /** What dispatchers take: per source partition nothing that is not above what they took before. */
  takenOf(tenantId: string) {
    const marks = new Map<string, readonly [number, string]>();
    return this.deliveriesOf(tenantId).filter((delivery) => {
      const { integrationId, sourceOffset } = delivery;
      const key = `${partitionOf(integrationId, PARTITIONS)} of ${sourceNumberOf(delivery)}`;
      const [offset, id] = marks.get(key) ?? [-1, ''];
      const isAbove = sourceOffset > offset || (sourceOffset === offset && integrationId > id);
      if (isAbove) marks.set(key, [sourceOffset, integrationId]);
      return isAbove;
    });
  }

  /** Writes what audit writes, or what a release would whose contract has another version. */
  async askAgain(redelivery: Redelivery, headers: Record<string, string> = {}): Promise<void> {
    const { integrationId } = redelivery.envelope;
    const record = redeliveriesV1.encode(integrationId, redelivery);
    const partition = partitionOf(integrationId, PARTITIONS);
    const topic = topicName(this.prefix, 'redeliveries');
    await this.publisher.publish([{ ...record, topic, partition, headers: { ...record.headers, ...headers } }]);
  }

  /** Writes what a platform producer writes. */
  async produce(key: string, { headers, value }: KafkaEvent): Promise<void> {
    const partition = partitionOf(key, PARTITIONS);
    await this.publisher.publish([{ topic: this.topic.events, partition, key, headers, value }]);
  }

  /** Writes a batch as a producer in another language packs it. */
  async producePacked(key: string, batch: PackedBatch): Promise<void> {
    await publishPacked(testBrokers(), { topic: this.topic.events, partition: partitionOf(key, PARTITIONS) }, batch);
  }

  routingsOf(tenantId: string): Routing[] {
    return this.routings.filter((routing) => routing.tenantId === tenantId);
  }

  deliveriesOf(tenantId: string) {
    return this.deliveries
      .filter(({ envelope }) => envelope.event.tenantId === tenantId)
      .map(({ envelope, bytes }) => ({ ...envelope, data: bytes.toString() }));
  }

  /** Both topics are read beside each other: what a routing names may be seen after it. */
  async routed(tenantId: string, count: number): Promise<Routing[]> {
    const enough = () => {
      const found = this.routingsOf(tenantId);
      const seen = new Set(this.deliveriesOf(tenantId).map(({ deliveryId }) => deliveryId));
      const named = found.flatMap(({ deliveries }) => deliveries);
      return found.length >= count && named.every(({ deliveryId }) => seen.has(deliveryId));
    };
    await until(enough, { what: `${count} routings and their deliveries`, timeoutMs: ROUTED_TIMEOUT_MS });
    return this.routingsOf(tenantId);
  }

  async destroy(): Promise<void> {
    await this.running?.stop();
    await this.messaging.close();
    await this.database.drop();
    await deleteWithPrefix(testBrokers(), this.prefix);
  }

  private async follow<T>(topic: string, contract: Contract<T>, into: T[]): Promise<void> {
    await this.messaging.follow({
      topic,
      onRecords: (records) => {
        for (const record of records) {
          const decoded = contract.decode(record);
          if (decoded.outcome === 'decoded') into.push(decoded.value);
        }
      },
    });
  }
}
