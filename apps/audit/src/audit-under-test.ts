import 'reflect-metadata';
import {
  type ApiKeyConfiguration,
  configurationKey,
  configurationV1,
  type EncodedRecord,
  partitionOf,
  type Role,
  type TopicName,
  topicName,
} from '@hookstile/contracts';
import { connectMessaging, type Messaging, type RecordPublisher, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { hashKey, type RunningService, startService } from '@hookstile/service-runtime';
import {
  createDatabaseSchema,
  type DatabaseSchema,
  FIXED_NOW,
  randomTopicPrefix,
  testBrokers,
} from '@hookstile/testing';
import pg from 'pg';
import { auditService } from './audit.module.js';
import { resetOffsets } from './projection/reset-offsets.js';

export const PARTITIONS = 2;
/** The viewer's and the producer's tenant is `ten_1`, the other's `ten_2`. */
export const KEYS = { viewer: 'hk_viewer', producer: 'hk_producer', other: 'hk_other' };

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, member by member.
  body: any;
}

/** An audit service on topics and a schema of its own, with an API key of each of `KEYS`. */
export class AuditUnderTest {
  private running: RunningService | null = null;

  private constructor(
    readonly prefix: string,
    readonly database: DatabaseSchema,
    readonly messaging: Messaging,
    private readonly publisher: RecordPublisher,
  ) {}

  static async create(): Promise<AuditUnderTest> {
    const prefix = randomTopicPrefix('audit');
    const database = await createDatabaseSchema('audit');
    const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'audit-test' });
    await messaging.createTopics(topicDefinitions(prefix, PARTITIONS), 1);
    const created = new AuditUnderTest(prefix, database, messaging, await messaging.publisher({ name: 'test' }));
    await created.addKey(KEYS.viewer, 'ten_1', 'viewer');
    await created.addKey(KEYS.producer, 'ten_1', 'producer');
    await created.addKey(KEYS.other, 'ten_2', 'admin');
    await created.start();
    return created;
  }

  get service(): RunningService {
    if (!this.running) throw new Error('audit is not running');
    return this.running;
  }

  async publish(
    name: TopicName,
    record: EncodedRecord,
    partition = partitionOf(record.key, PARTITIONS),
  ): Promise<void> {
    await this.publisher.publish([{ ...record, topic: topicName(this.prefix, name), partition }]);
  }

  async get(path: string, key: string = KEYS.viewer): Promise<Answer> {
    const response = await fetch(`${this.service.url}/v1/${path}`, { headers: { authorization: `Bearer ${key}` } });
    return { status: response.status, body: await response.json() };
  }

  /** What a statement finds in the service's schema. */
  async rows(statement: string): Promise<unknown[]> {
    const { url, schema } = this.database;
    const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Reads every topic again from its beginning; `meanwhile` runs while the service is stopped. */
  async replay(meanwhile: () => Promise<unknown>): Promise<void> {
    await this.service.stop();
    await meanwhile();
    await resetOffsets(this.messaging, this.prefix);
    await this.start();
  }

  async destroy(): Promise<void> {
    await this.running?.stop();
    await this.messaging.close();
    await deleteWithPrefix(testBrokers(), this.prefix);
    await this.database.drop();
  }

  /** Ends the process and starts another in its place. */
  async restart(): Promise<void> {
    await this.service.stop();
    await this.start();
  }

  /** A further process beside the first; the caller stops it. */
  another(): Promise<RunningService> {
    return this.startProcess();
  }

  private async start(): Promise<void> {
    this.running = await this.startProcess();
  }

  private startProcess(): Promise<RunningService> {
    return startService(auditService, {
      KAFKA_BROKERS: testBrokers().join(','),
      DATABASE_URL: this.database.url,
      DATABASE_SCHEMA: this.database.schema,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      // Its records are of times that tests choose.
      HOOKSTILE_EVENTS_KEPT_DAYS: '0',
      HOOKSTILE_ATTEMPTS_KEPT_DAYS: '0',
      HOOKSTILE_ACTIVITY_LOG_KEPT_DAYS: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
    });
  }

  addKey(key: string, tenantId: string, role: Role): Promise<void> {
    return this.writeKey(key, tenantId, role, false);
  }

  deleteKey(key: string, tenantId: string, role: Role): Promise<void> {
    return this.writeKey(key, tenantId, role, true);
  }

  private writeKey(key: string, tenantId: string, role: Role, deleted: boolean): Promise<void> {
    const id = `key_${tenantId}_${role}`;
    const value: ApiKeyConfiguration = {
      ...{ kind: 'api-key', id, version: deleted ? 2 : 1, deleted, at: FIXED_NOW },
      ...{ tenantId, name: role, role, hash: hashKey(key) },
    };
    return this.publish('configuration', configurationV1.encode(configurationKey('api-key', id), value), 0);
  }
}
