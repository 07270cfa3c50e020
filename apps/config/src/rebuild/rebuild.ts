import { TypeormEventStore } from '@hookstile/event-store';
import type { Messaging } from '@hookstile/messaging';
import type { Clock } from '@hookstile/service-runtime';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { TypeormReadModelStore } from '../read-models/read-model.store.typeorm.js';
import { TypeormTenantKeyStore } from '../tenant-keys/tenant-key.store.typeorm.js';
import { type Checked, check, isIdentical } from './check.js';
import type { Differences } from './differences.js';
import { Repair } from './repair.js';

export interface RebuildOptions {
  dataSource: DataSource;
  databaseUrl: string;
  schema: string;
  messaging: Messaging;
  /** The full name of the topic `configuration`. */
  topic: string;
  partitionCount: number;
  clock: Clock;
  /** Publishes the outbox where no service does, and knows when rows are published; null: nothing is changed. */
  relay: {
    start(): Promise<void>;
    stop(): Promise<void>;
    published(outboxIds: readonly number[], timeoutMs: number): Promise<boolean>;
  } | null;
}

export interface Rebuilt {
  /** As it was found. */
  found: Checked;
  /** As it is after the repair; null where none was wanted or needed. */
  repaired: Checked | null;
}

/**
 * Builds the read models and the newest records of `configuration` again from the domain events, beside what is there,
 * and compares. With a relay it also puts right what differs, and compares once more. Safe beside running services.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { relay } = options;
  await relay?.start();
  try {
    return await checked(options, async (found, differences, client) => {
      if (!relay || isIdentical(found)) return { found, repaired: null };
      await repairOf(options, relay, client, differences).run();
      return { found, repaired: await checked(options, async (after) => after) };
    });
  } finally {
    await relay?.stop();
  }
}

/** On a connection of its own, with which what was compared goes. */
async function checked<T>(
  options: RebuildOptions,
  use: (checked: Checked, differences: Differences, client: pg.Client) => Promise<T>,
): Promise<T> {
  const { databaseUrl, clock } = options;
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hookstile-config-rebuild' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { checked, differences } = await check({ ...options, client, monotonicMs: () => clock.monotonicMs() });
    return await use(checked, differences, client);
  } finally {
    await client.end();
  }
}

function repairOf(
  { dataSource, schema, partitionCount, messaging, topic }: RebuildOptions,
  relay: NonNullable<RebuildOptions['relay']>,
  client: pg.Client,
  differences: Differences,
) {
  return new Repair(
    {
      events: new TypeormEventStore(dataSource, schema),
      tenantKeys: new TypeormTenantKeyStore(dataSource, schema),
      readModels: new TypeormReadModelStore(dataSource, schema),
      partitionCount,
      client,
      messaging,
      topic,
      published: (outboxIds, timeoutMs) => relay.published(outboxIds, timeoutMs),
    },
    differences,
  );
}
