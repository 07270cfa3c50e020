import { partitionOf } from '@hookstile/contracts';
import { deleteRecordsBelow } from '@hookstile/messaging/testing';
import { type Receiver, startReceiver, testBrokers, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dispatching, PARTITIONS } from '../dispatching.fake.js';

let world: Dispatching;
let receiver: Receiver;
let database: pg.Client;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await Dispatching.create();
  database = new pg.Client({
    connectionString: world.database.url,
    options: `-c search_path=${world.database.schema}`,
  });
  await database.connect();
});

afterAll(async () => {
  await world.close();
  await database.end();
  await receiver.close();
});

/** An integration whose deliveries lie in this partition. */
async function integrationIn(partition: number) {
  const ids = Array.from({ length: 100 }, (_, n) => `int_${n}`);
  const id = ids.find((candidate) => partitionOf(candidate, PARTITIONS) === partition) ?? '';
  await world.configure({ id, settings: { url: `${receiver.url}/${partition}` } });
  return { id, version: 1 };
}

const arrived = (partition: number) => receiver.on(`/${partition}`).length;

it('a partition whose checkpoint cannot be read, or lies below its log, stands still with an alarm, and no other does', async () => {
  const [good, unreadable, truncated] = [await integrationIn(0), await integrationIn(1), await integrationIn(2)];
  await world.start();
  for (const integration of [good, unreadable, truncated]) await world.route(integration, 0, 2);
  await until(() => [0, 1, 2].every((partition) => arrived(partition) === 2));
  await world.service?.stop();

  await database.query(`UPDATE partition_lease SET checkpoint = '{"from": 7}' WHERE partition = 1`);
  await world.route(truncated, 2, 3);
  await deleteRecordsBelow(testBrokers(), { topic: world.topic('deliveries'), partition: 2, offset: 4 });

  const service = await world.start({ LOG_LEVEL: 'silent' });
  for (const integration of [good, unreadable, truncated]) await world.route(integration, 5, 2);
  await until(() => arrived(0) === 4);
  const readiness = await until(async () => {
    const response = await fetch(`${service.url}/readyz`);
    const { dependencies } = (await response.json()) as { dependencies: { partitions: { detail?: string } } };
    const { detail = '' } = dependencies.partitions;
    return detail.includes('partition 1') && detail.includes('partition 2')
      ? { status: response.status, detail }
      : null;
  });
  expect(readiness.status).toBe(503);
  expect(readiness.detail).toContain('the stored checkpoint of partition 1 is none');
  expect(readiness.detail).toContain('partition 2 begins at 4');
  expect(readiness.detail).not.toContain('partition 0');
  expect([arrived(1), arrived(2)]).toEqual([2, 2]);
  // Nobody has moved on: a repaired checkpoint, or restored records, are where work goes on.
  const { rows } = await database.query('SELECT checkpoint FROM partition_lease ORDER BY partition');
  expect(rows[1].checkpoint).toEqual({ from: 7 });
  expect(rows[2].checkpoint.deliveriesOffset).toBe(2);
});
