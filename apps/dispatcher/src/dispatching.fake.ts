import {
  type AttemptRecord,
  attemptsV1,
  configurationKey,
  configurationV1,
  deliveriesV1,
  type EventAttributes,
  type IntegrationConfiguration,
  type IntegrationSignal,
  integrationSignalsV1,
  type JournalEnvelope,
  partitionOf,
  TOPIC_NAMES,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Follower, type Messaging, type RecordPublisher } from '@hookstile/messaging';
import { type RunningService, startService } from '@hookstile/service-runtime';
import {
  aDelivery,
  anIntegration,
  createDatabaseSchema,
  type DatabaseSchema,
  type IntegrationOverrides,
  randomSuffix,
  testBrokers,
  until,
} from '@hookstile/testing';
import { dispatcherService } from './dispatcher.module.js';
import { DISPATCHER, type RunningDispatcher } from './running-dispatcher.js';

export const PARTITIONS = 3;
const ADMIN_KEY = 'platform-key-of-a-test';

/** A dispatcher on real Kafka and Postgres, with topics and a schema of its own, and what config and router would write. */
export class Dispatching {
  readonly journal: JournalEnvelope[] = [];
  readonly signals: IntegrationSignal[] = [];
  service: RunningService | null = null;
  private readonly others: RunningService[] = [];
  private sourceOffset = 0;
  private readonly followers: Follower[] = [];

  private constructor(
    readonly messaging: Messaging,
    readonly publisher: RecordPublisher,
    readonly database: DatabaseSchema,
    readonly prefix: string,
  ) {}

  static async create(): Promise<Dispatching> {
    const prefix = `dispatcher-${randomSuffix()}.`;
    const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'dispatcher-test' });
    const definitions = TOPIC_NAMES.map((name) => ({
      name: topicName(prefix, name),
      partitions: name === 'configuration' ? 1 : PARTITIONS,
    }));
    await messaging.createTopics(definitions, 1);
    const publisher = await messaging.publisher({ name: 'test' });
    const world = new Dispatching(messaging, publisher, await createDatabaseSchema('dispatcher'), prefix);
    await world.follow();
    return world;
  }

  topic(name: (typeof TOPIC_NAMES)[number]): string {
    return topicName(this.prefix, name);
  }

  async start(environment: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    this.service = await this.startOne(environment);
    return this.service;
  }

  /** One more beside it, in the same group. */
  async startAnother(environment: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    const other = await this.startOne(environment);
    this.others.push(other);
    return other;
  }

  private startOne(environment: NodeJS.ProcessEnv): Promise<RunningService> {
    return startService(dispatcherService, {
      KAFKA_BROKERS: testBrokers().join(','),
      DATABASE_URL: this.database.url,
      DATABASE_SCHEMA: this.database.schema,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_EGRESS_ALLOW: '127.0.0.0/8',
      HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
      HOST: '127.0.0.1',
      ...environment,
    });
  }

  async configure(overrides: IntegrationOverrides): Promise<IntegrationConfiguration> {
    const integration = anIntegration({ tenantId: 'ten_1', ...overrides });
    const key = configurationKey('integration', integration.id);
    await this.publisher.publish([
      { ...configurationV1.encode(key, integration), topic: this.topic('configuration'), partition: 0 },
    ]);
    return integration;
  }

  /** Routes events, in order, to integrations, as the router does. Each has its number as data and event id. */
  async route(
    integration: { id: string; version: number },
    from: number,
    count: number,
    eventOf: (n: number) => Partial<EventAttributes> = () => ({}),
  ): Promise<void> {
    const partition = partitionOf(integration.id, PARTITIONS);
    const records = Array.from({ length: count }, (_, index) => {
      const n = from + index;
      const delivery = aDelivery({
        integrationId: integration.id,
        integrationVersion: integration.version,
        sourceOffset: this.sourceOffset++,
        event: { id: `evt_${n}`, ...eventOf(n) },
        data: `{"n":${n}}`,
      });
      const encoded = deliveriesV1.encode(integration.id, delivery);
      return { ...encoded, topic: this.topic('deliveries'), partition };
    });
    await this.publisher.publish(records);
  }

  /** The next `count` events are the last ones again: as a router writes them after a crash. */
  replay(count: number): void {
    this.sourceOffset -= count;
  }

  attemptsOf(integrationId: string): AttemptRecord[] {
    return this.journal.filter(
      (record): record is AttemptRecord => record.kind === 'attempt' && record.integrationId === integrationId,
    );
  }

  asideOf(integrationId: string, kind: 'held' | 'discarded'): string[] {
    return this.journal.flatMap((record) =>
      record.kind === kind && record.integrationId === integrationId
        ? record.deliveries.map(({ eventId }) => eventId)
        : [],
    );
  }

  async get(
    path: string,
    { url = this.service?.url, headers = {} }: { url?: string | undefined; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: { items: Record<string, unknown>[]; nextCursor: string | null } }> {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'hookstile-tenant': 'ten_1', ...headers },
    });
    return { status: response.status, body: (await response.json()) as never };
  }

  async post(path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.service?.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'hookstile-tenant': 'ten_1', ...json },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as never };
  }

  /** The keys of an integration's lanes that the dispatcher has in memory. */
  inMemory(integrationId: string): string[] {
    const running = this.service?.app.get<RunningDispatcher>(DISPATCHER);
    const lanes = running?.dispatcher?.partitions.runners.flatMap((runner) => runner.lanesOf(integrationId)) ?? [];
    return lanes.map(({ name }) => name.key).sort();
  }

  async journaled(integrationId: string, count: number): Promise<AttemptRecord[]> {
    return until(() => (this.attemptsOf(integrationId).length >= count ? this.attemptsOf(integrationId) : null), {
      what: `${count} attempts in the journal`,
    });
  }

  async close(): Promise<void> {
    for (const service of [this.service, ...this.others]) await service?.stop();
    for (const follower of this.followers) await follower.stop();
    await this.publisher.close(1_000);
    await this.messaging.close();
    await this.database.drop();
  }

  private async follow(): Promise<void> {
    this.followers.push(
      await this.messaging.follow({
        topic: this.topic('attempts'),
        onRecords: (records) => {
          for (const record of records) {
            const decoded = attemptsV1.decode(record);
            if (decoded.outcome === 'decoded') this.journal.push(decoded.value.envelope);
          }
        },
      }),
      await this.messaging.follow({
        topic: this.topic('integration-signals'),
        onRecords: (records) => {
          for (const record of records) {
            const decoded = integrationSignalsV1.decode(record);
            if (decoded.outcome === 'decoded') this.signals.push(decoded.value);
          }
        },
      }),
    );
  }
}
