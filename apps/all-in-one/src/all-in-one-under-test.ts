import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { type RunningService, startService } from '@hookstile/service-runtime';
import { randomSuffix, randomTopicPrefix, testBrokers, testDatabaseUrl } from '@hookstile/testing';
import pg from 'pg';
import { SERVICES } from './all-in-one.module.js';

const ADMIN_KEY = `hk_${'0'.repeat(48)}`;
export const PARTITIONS = 3;

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, member by member.
  body: any;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testDatabaseUrl() });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** All services in one process on topics of their own. Tables go into schemas with fixed names: the database is its own too. */
export class AllInOneUnderTest {
  readonly prefix = randomTopicPrefix('all-in-one');
  readonly environment: NodeJS.ProcessEnv;
  private readonly database = `all_in_one_${randomSuffix()}`;
  private readonly running = new Map<string, RunningService>();

  private constructor() {
    const url = new URL(testDatabaseUrl());
    url.pathname = this.database;
    this.environment = {
      KAFKA_BROKERS: testBrokers().join(','),
      DATABASE_URL: url.href,
      HOOKSTILE_TOPIC_PREFIX: this.prefix,
      HOOKSTILE_PARTITIONS: String(PARTITIONS),
      HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
      HOOKSTILE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      HOOKSTILE_EGRESS_ALLOW: '127.0.0.0/8',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
      PORT: '0',
    };
  }

  static async create(): Promise<AllInOneUnderTest> {
    const created = new AllInOneUnderTest();
    await administer(`CREATE DATABASE ${created.database}`);
    return created;
  }

  async start(): Promise<void> {
    await Promise.all(SERVICES.map(({ definition }) => this.startOne(definition.name)));
  }

  /** @param meanwhile runs while the service is stopped */
  async restart(name: string, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await this.running.get(name)?.stop();
    await meanwhile();
    await this.startOne(name);
  }

  async call(service: string, method: string, path: string, given?: unknown): Promise<Answer> {
    const response = await fetch(`${this.running.get(service)?.url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'if-match': '*',
        ...(given === undefined ? {} : { 'content-type': 'application/json' }),
        ...(path === 'tenants' ? {} : { 'hookstile-tenant': 'acme' }),
      },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** Runs a statement in a service's schema. */
  async query(schema: string, statement: string): Promise<void> {
    const client = new pg.Client({
      connectionString: this.environment.DATABASE_URL,
      options: `-c search_path=${schema}`,
    });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async destroy(): Promise<void> {
    for (const service of [...this.running.values()].reverse()) await service.stop();
    await deleteWithPrefix(testBrokers(), this.prefix);
    await administer(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
  }

  private async startOne(name: string): Promise<void> {
    const definition = SERVICES.map((service) => service.definition).find((known) => known.name === name);
    if (definition) this.running.set(name, await startService(definition, this.environment));
  }
}
