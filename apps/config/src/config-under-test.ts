import 'reflect-metadata';
import {
  type Configuration,
  configurationKey,
  configurationV1,
  type DomainEventRecord,
  domainEventsV1,
  type EncodedRecord,
  type SealedSecret,
  secretOwner,
  type TenantKeyConfiguration,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Messaging, type ReceivedRecord, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { KeyRing, type RunningService, type ServiceOverrides, startService } from '@hookstile/service-runtime';
import { createDatabaseSchema, type DatabaseSchema, randomTopicPrefix, testBrokers } from '@hookstile/testing';
import { configServiceWith } from './config.module.js';
import { BUILT_IN_PROFILES } from './profiles/built-in-profiles.js';

export const PARTITIONS = 3;
export const ADMIN_KEY = 'platform-key-of-the-test';
export const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, member by member.
  body: any;
}

export interface Call {
  key?: string;
  tenant?: string;
  /** An object is sent as JSON, text as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

export function instanceOf(service: Pick<RunningService, 'url'>) {
  return async (
    method: string,
    path: string,
    { key = ADMIN_KEY, tenant, body, headers }: Call = {},
  ): Promise<Answer> => {
    const response = await fetch(`${service.url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(tenant === undefined ? {} : { 'hookstile-tenant': tenant }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  };
}

/** A config service on topics and a schema of its own; further instances share both. */
export class ConfigUnderTest {
  readonly prefix = randomTopicPrefix('config');
  readonly topic = topicName(this.prefix, 'configuration');
  private readonly services: RunningService[] = [];

  private constructor(
    readonly database: DatabaseSchema,
    readonly messaging: Messaging,
  ) {}

  static async create(): Promise<ConfigUnderTest> {
    const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'config-test' });
    const created = new ConfigUnderTest(await createDatabaseSchema('config'), messaging);
    await messaging.createTopics(topicDefinitions(created.prefix, PARTITIONS), 1);
    return created;
  }

  async start(
    overrides: ServiceOverrides = {},
    profiles = BUILT_IN_PROFILES,
    settings: NodeJS.ProcessEnv = {},
  ): Promise<RunningService> {
    const environment = {
      KAFKA_BROKERS: testBrokers().join(),
      DATABASE_URL: this.database.url,
      DATABASE_SCHEMA: this.database.schema,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
      HOOKSTILE_ENCRYPTION_KEYS: ENCRYPTION_KEYS,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
      ...settings,
    };
    const service = await startService(configServiceWith(profiles), environment, overrides);
    this.services.push(service);
    return service;
  }

  /** Every record of `configuration` that is acknowledged now, in order. */
  async configuration(topic = this.topic): Promise<Configuration[]> {
    const records: Configuration[] = [];
    const at = { topic, partition: 0 };
    const to = await this.messaging.endOffset(at);
    await this.messaging.readRange({
      ...at,
      from: await this.messaging.startOffset(at),
      to,
      onRecords: (read) => {
        for (const record of read) {
          const decoded = configurationV1.decode(record);
          if (decoded.outcome === 'decoded') records.push(decoded.value);
        }
      },
    });
    return records;
  }

  /** What was told of an aggregate, in order. */
  async factsOf(aggregateId: string): Promise<DomainEventRecord[]> {
    const facts = await this.facts();
    return facts.filter((fact) => fact.aggregateId === aggregateId);
  }

  /** Every record of `domain-events`; in order within an aggregate. Nothing is ever written there again. */
  async facts(): Promise<DomainEventRecord[]> {
    const topic = topicName(this.prefix, 'domain-events');
    const facts: DomainEventRecord[] = [];
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const to = await this.messaging.endOffset({ topic, partition });
      const onRecords = (records: readonly ReceivedRecord[]) => {
        for (const record of records) {
          const decoded = domainEventsV1.decode(record);
          if (decoded.outcome === 'decoded') facts.push(decoded.value);
        }
      };
      await this.messaging.readRange({ topic, partition, from: 0, to, onRecords });
    }
    return facts;
  }

  /** The last record of one thing. */
  async lastOf(id: string): Promise<Configuration | undefined> {
    return (await this.configuration()).findLast(({ id: other, kind }) => other === id && kind !== 'tenant-key');
  }

  /** The record of a tenant's key. */
  async tenantKeyOf(tenantId: string): Promise<TenantKeyConfiguration | undefined> {
    return (await this.configuration()).findLast(
      (record): record is TenantKeyConfiguration => record.kind === 'tenant-key' && record.id === tenantId,
    );
  }

  /** A secret as a reader of `configuration` opens it. */
  async opened(tenantId: string, sealed: SealedSecret | null | undefined, ...owner: Parameters<typeof secretOwner>) {
    const wrapped = (await this.tenantKeyOf(tenantId))?.wrapped;
    if (!wrapped || !sealed) return null;
    return KeyRing.parse(ENCRYPTION_KEYS)
      .secretsOf(tenantId, wrapped)
      .open(sealed, secretOwner(...owner));
  }

  /** Appends a record of one thing, as a relay that was paused does late. */
  async append(configuration: Configuration): Promise<void> {
    const key = configurationKey(configuration.kind, configuration.id);
    await this.write(configurationV1.encode(key, configuration));
  }

  /** Appends any record. */
  async write(record: EncodedRecord): Promise<void> {
    const publisher = await this.messaging.publisher({ name: 'late' });
    await publisher.publish([{ ...record, topic: this.topic, partition: 0 }]);
  }

  async destroy(): Promise<void> {
    for (const service of this.services) await service.stop();
    await this.messaging.close();
    await deleteWithPrefix(testBrokers(), this.prefix);
    await this.database.drop();
  }
}
