import { createDatabaseSchema, type DatabaseSchema, until } from '@hookstile/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxRecord } from './event.store.js';
import { TypeormEventStore } from './event.store.typeorm.js';
import { eventStoreTables } from './event-store-tables.js';
import { OUTBOX_BATCH_MAX_ROWS, OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';

const WAIT_MAX_MS = 5_000;
/** Above how often a relay looks for rows. */
const SILENT_MAX_MS = 1_000;

describe('the outbox relay', () => {
  let database: DatabaseSchema;
  let dataSource: DataSource;
  let store: TypeormEventStore;
  let published: string[] = [];
  let relays: OutboxRelay[] = [];
  let failures = 0;

  beforeAll(async () => {
    database = await createDatabaseSchema('outbox');
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    for (const statement of eventStoreTables(database.schema)) await dataSource.query(statement);
    store = new TypeormEventStore(dataSource, database.schema);
  });
  beforeEach(async () => {
    await dataSource.query(`TRUNCATE "${database.schema}".outbox`);
    published = [];
    relays = [];
    failures = 0;
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const record = (key: string): OutboxRecord => ({
    topic: 'configuration',
    partition: 0,
    key,
    headers: { h: 'v' },
    value: Buffer.from([0, 1, 255]),
  });
  const start = (overrides: Partial<OutboxRelayOptions> = {}): OutboxRelay => {
    const relay = new OutboxRelay({
      connect: () => new pg.Client({ connectionString: database.url }),
      schema: database.schema,
      leaderSilentMaxMs: SILENT_MAX_MS,
      publish: async (records) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('the broker is away');
        }
        published.push(...records.map(({ topic, key }) => `${topic}/${key}`));
      },
      topicName: (name) => `test.${name}`,
      monotonicMs: () => performance.now(),
      onError: () => undefined,
      ...overrides,
    });
    relays.push(relay);
    relay.start();
    return relay;
  };
  const enqueue = async (...keys: string[]) =>
    (await store.transaction((transaction) => transaction.enqueue(keys.map(record)))).outboxIds;

  it('publishes what was committed before it started, in the order of the ids, more than a batch of it', async () => {
    const keys = Array.from({ length: OUTBOX_BATCH_MAX_ROWS + 3 }, (_, n) => `k${n}`);
    const ids = await enqueue(...keys);
    expect(await start().published(ids, WAIT_MAX_MS)).toBe(true);
    expect(published).toEqual(keys.map((key) => `test.configuration/${key}`));
  });

  it('publishes a row of a slower transaction whose id is below one that was published', async () => {
    const relay = start();
    const enqueued = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const slow = store.transaction(async (transaction) => {
      await transaction.enqueue([record('slow')]);
      enqueued.resolve();
      await committed.promise;
    });
    await enqueued.promise;
    expect(await relay.published(await enqueue('fast'), WAIT_MAX_MS)).toBe(true);
    committed.resolve();
    const { outboxIds } = await slow;
    expect(await relay.published(outboxIds, WAIT_MAX_MS)).toBe(true);
    expect(published).toEqual(['test.configuration/fast', 'test.configuration/slow']);
  });

  it('has published what nothing is left to do of, also below rows that it has in hand', async () => {
    const inHand = Promise.withResolvers<void>();
    const acknowledged = Promise.withResolvers<void>();
    const relay = start({
      publish: async (records) => {
        inHand.resolve();
        await acknowledged.promise;
        published.push(...records.map(({ key }) => key));
      },
    });
    const enqueued = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const slow = store.transaction(async (transaction) => {
      await transaction.enqueue([record('slow')]);
      await transaction.outboxIds();
      enqueued.resolve();
      await committed.promise;
    });
    await enqueued.promise;
    await enqueue('fast');
    await inHand.promise;
    committed.resolve();
    await slow;
    const { outboxIds } = await store.transaction(async () => 'nothing left to do');
    const wait = relay.published(outboxIds, WAIT_MAX_MS).then(() => [...published]);
    acknowledged.resolve();
    expect(await wait).toEqual(['fast', 'slow']);
  });

  it('has one leader; the other tells its callers what was published, and takes over', async () => {
    const first = start();
    await until(() => first.isLeading);
    const second = start();
    await until(() => second.isConnected);
    expect(await second.published(await enqueue('a'), WAIT_MAX_MS)).toBe(true);
    expect([first.isLeading, second.isLeading]).toEqual([true, false]);
    await first.stop();
    expect(await second.published(await enqueue('b'), WAIT_MAX_MS)).toBe(true);
    expect(second.isLeading).toBe(true);
    expect(published).toEqual(['test.configuration/a', 'test.configuration/b']);
  });

  it('is led by another one soon after its leader was stopped, whose connection stays', async () => {
    const clients: pg.Client[] = [];
    const connect = () => {
      const client = new pg.Client({ connectionString: database.url });
      clients.push(client);
      return client;
    };
    const stopped = start({ connect });
    await until(() => stopped.isLeading);
    for (const client of clients) {
      client.query = (() =>
        new Promise((_, reject) => client.once('end', () => reject(new Error('it ended'))))) as never;
    }
    const second = start();
    await until(() => second.isLeading, { timeoutMs: 4 * SILENT_MAX_MS });
    expect(await second.published(await enqueue('a'), WAIT_MAX_MS)).toBe(true);
  });

  it('keeps its leader while that waits for a broker that is away', async () => {
    const broker = Promise.withResolvers<void>();
    const leader = start({ publish: () => broker.promise });
    await until(() => leader.isLeading);
    await enqueue('a');
    const second = start();
    await until(() => second.isConnected);
    await new Promise((resolve) => setTimeout(resolve, 2 * SILENT_MAX_MS));
    expect([leader.isLeading, second.isLeading]).toEqual([true, false]);
    broker.resolve();
  });

  it('publishes again what a broker that was away did not take', async () => {
    failures = 2;
    expect(await start().published(await enqueue('a'), WAIT_MAX_MS)).toBe(true);
    expect(published).toEqual(['test.configuration/a']);
  });

  it('publishes a row again, behind no other, whose mark was lost with its leader', async () => {
    let marksToLose = 1;
    const connect = () => {
      const client = new pg.Client({ connectionString: database.url });
      const query = client.query.bind(client) as (...given: unknown[]) => unknown;
      client.query = ((...given: unknown[]) => {
        const isMark = (given[0] as { name?: string }).name === 'outbox-mark';
        if (!isMark || marksToLose === 0) return query(...given);
        marksToLose -= 1;
        return Promise.reject(new Error('the leader died'));
      }) as never;
      return client;
    };
    const relay = start({ connect });
    expect(await relay.published(await enqueue('a'), WAIT_MAX_MS)).toBe(true);
    expect(await relay.published(await enqueue('b'), WAIT_MAX_MS)).toBe(true);
    expect(published).toEqual(['a', 'a', 'b'].map((key) => `test.configuration/${key}`));
  });

  it('says when a row is not published in time', async () => {
    const relay = start();
    failures = Number.POSITIVE_INFINITY;
    expect(await relay.published(await enqueue('a'), 50)).toBe(false);
    expect(relay.waiting).toBe(0);
  });
});
