import { partitionOf } from '@hookstile/contracts';
import type { RunningService } from '@hookstile/service-runtime';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Dispatching, PARTITIONS } from '../dispatching.fake.js';
import { DISPATCHER, type RunningDispatcher } from '../running-dispatcher.js';

const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);

let world: Dispatching;
let receiver: Receiver;
let database: pg.Client;
let answered: PromiseWithResolvers<void>;

beforeAll(async () => {
  receiver = await startReceiver();
});

afterAll(() => receiver.close());

beforeEach(async () => {
  answered = Promise.withResolvers();
  world = await Dispatching.create();
  database = new pg.Client({
    connectionString: world.database.url,
    options: `-c search_path=${world.database.schema}`,
  });
  await database.connect();
});

afterEach(async () => {
  answered.resolve();
  await world.close();
  await database.end();
});

/** An integration of this partition; its endpoint answers when it is told to. */
async function integrationIn(partition: number, name: string) {
  const ids = Array.from({ length: 100 }, (_, n) => `int_${n}`);
  const id = ids.find((candidate) => partitionOf(candidate, PARTITIONS) === partition) ?? '';
  const path = `/${name}/${partition}`;
  receiver.answer(path, async () => {
    await answered.promise;
    return {};
  });
  const retry = { onExhausted: 'continue' as const, stopOn: [], disableOn: [], retryAfterMaxMs: 0, delaysMs: [] };
  await world.configure({ id, settings: { url: `${receiver.url}${path}`, retry } });
  return { id, version: 1, path };
}

const partitionsOf = (service: RunningService): number[] =>
  service.app.get<RunningDispatcher>(DISPATCHER).dispatcher?.partitions.runners.map(({ fence }) => fence.partition) ??
  [];

interface LeaseRow {
  partition: number;
  epoch: string;
  owner: string | null;
  checkpoint: { deliveriesOffset: number } | null;
}

async function leases(): Promise<LeaseRow[]> {
  const { rows } = await database.query<LeaseRow>('SELECT * FROM partition_lease ORDER BY partition');
  return rows;
}

describe('a rebalance', () => {
  it('leaves a partition that is kept its lease, its lanes and its attempts', async () => {
    const first = await world.start();
    const integrations = await Promise.all(ALL.map((partition) => integrationIn(partition, 'kept')));
    for (const integration of integrations) await world.route(integration, 0, 3);
    await until(() => integrations.every(({ path }) => receiver.on(path).length === 1));
    const epochs = (await leases()).map(({ epoch }) => epoch);

    const second = await world.startAnother();
    await until(() => partitionsOf(second).length > 0, { timeoutMs: 25_000 });
    await until(() => partitionsOf(first).length + partitionsOf(second).length === PARTITIONS);
    const kept = partitionsOf(first);
    expect(kept.length).toBeGreaterThan(0);
    for (const partition of kept) expect((await leases())[partition]?.epoch).toBe(epochs[partition]);
    answered.resolve();
    for (const { path, id } of integrations) {
      const requests = await receiver.received(path, 3);
      if (!kept.includes(partitionOf(id, PARTITIONS))) continue;
      expect(requests.length).toBe(3);
      expect(world.attemptsOf(id).filter(({ error }) => error === 'aborted')).toEqual([]);
    }
  });
});

describe('a stop', () => {
  it('lets attempts end, and leaves a checkpoint, a commit and leases that anybody may take', async () => {
    const integration = await integrationIn(0, 'ends');
    const service = await world.start();
    await world.route(integration, 0, 1);
    await receiver.received(integration.path, 1);
    const stopped = service.stop();
    setTimeout(() => answered.resolve(), 500);
    await stopped;
    const [lease] = await leases();
    expect([lease?.owner, lease?.checkpoint?.deliveriesOffset]).toEqual([null, 1]);
    expect((await world.journaled(integration.id, 1))[0]).toMatchObject({ error: null, push: 'delivered' });

    await world.route(integration, 1, 1);
    const read: number[] = [];
    const subscription = await world.messaging.subscribe({
      groupId: `${world.prefix}dispatcher`,
      topics: [world.topic('deliveries')],
      from: 'beginning',
      onBatch: ({ partition, records }) => {
        if (partition === 0) read.push(...records.map(({ offset }) => offset));
      },
      onAssignment: () => {},
    });
    await until(() => read.length > 0);
    await subscription.stop();
    expect(read).toEqual([1]);
  });

  it('aborts at its deadline what has not ended, says so in the journal, and the next start makes it again', async () => {
    const integration = await integrationIn(0, 'hangs');
    const service = await world.start({ HOOKSTILE_SHUTDOWN_TIMEOUT_MS: '5000' });
    await world.route(integration, 0, 2);
    await receiver.received(integration.path, 1);
    const startedMs = performance.now();
    await service.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect((await world.journaled(integration.id, 1))[0]).toMatchObject({ error: 'aborted', attempt: 1 });
    expect((await leases())[0]).toMatchObject({ owner: null, checkpoint: { deliveriesOffset: 0 } });
    answered.resolve();
    await world.start();
    const requests = await receiver.received(integration.path, 3);
    expect(requests.map(({ headers }) => headers['webhook-id'])).toEqual([
      requests[0]?.headers['webhook-id'],
      requests[0]?.headers['webhook-id'],
      requests[2]?.headers['webhook-id'],
    ]);
    expect((await world.journaled(integration.id, 3)).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  });
});
