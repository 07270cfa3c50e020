import { type FaultProxy, type Receiver, startFaultProxy, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dispatching } from './dispatching.fake.js';
import { LEASE_POOL, LEASE_TERM_MS } from './ownership/lease.bounds.js';
import { LEASE_STORE, type LeaseStore } from './ownership/lease.store.js';

/** With an answer after so long, more than enough for a term. */
const DELIVERIES = 400;
const ANSWER_DELAY_MS = 25;
/** No request for so long: attempts follow each other without a pause. */
const QUIET_MS = 1_500;

let world: Dispatching;
let receiver: Receiver;
let proxy: FaultProxy;
let answerDelayMs = ANSWER_DELAY_MS;

beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answer('/', () => ({ delayMs: answerDelayMs }));
  receiver.answer('/slow', ({ attempt }) => (attempt === 1 ? { delayMs: 30_000 } : {}));
  world = await Dispatching.create();
  const url = new URL(world.database.url);
  proxy = await startFaultProxy({ target: { host: url.hostname, port: Number(url.port) } });
  url.port = String(proxy.port);
  await world.start({ DATABASE_URL: url.href, LOG_LEVEL: 'fatal' });
});

afterAll(async () => {
  proxy.heal();
  await world.close();
  await proxy.close();
  await receiver.close();
});

const numbers = () =>
  receiver.on('/').map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);
const lastArrivalMs = () => receiver.on('/').at(-1)?.arrivedAtMs ?? 0;

it('sends nothing once its lease has run out behind a silent Postgres, and goes on in order when that is back', async () => {
  const integration = await world.configure({ id: 'int_1', settings: { url: `${receiver.url}/` } });
  const slow = await world.configure({ id: 'int_slow', settings: { url: `${receiver.url}/slow` } });
  await world.route(slow, 0, 1);
  await receiver.received('/slow', 1);
  await world.route(integration, 0, DELIVERIES);
  await receiver.received('/', 5);

  proxy.set({ blackhole: true });
  const silentSinceMs = Date.now();
  const leases = world.service?.app.get<LeaseStore>(LEASE_STORE);
  const renewing = performance.now();
  await expect(leases?.see([0])).rejects.toThrow();
  expect(performance.now() - renewing).toBeLessThan(LEASE_TERM_MS / 2);
  await until(() => Date.now() - lastArrivalMs() > QUIET_MS);
  expect(lastArrivalMs() - silentSinceMs).toBeLessThan(LEASE_TERM_MS);
  const [aborted] = await world.journaled('int_slow', 1);
  expect(aborted).toMatchObject({ attempt: 1, error: 'aborted' });
  expect(aborted?.durationMs).toBeLessThan(QUIET_MS + LEASE_TERM_MS);
  const sent = numbers().length;
  expect(sent).toBeLessThan(DELIVERIES);

  answerDelayMs = 0;
  proxy.heal();
  expect((await receiver.received('/slow', 2)).length).toBe(2);
  await until(() => new Set(numbers()).size === DELIVERIES, { timeoutMs: 25_000, what: 'all deliveries' });
  const firsts = [...new Set(numbers())];
  expect(firsts).toEqual(Array.from({ length: DELIVERIES }, (_, n) => n));
  // What was under way when the lease ran out was aborted, and is made again.
  expect(numbers().length).toBeLessThanOrEqual(DELIVERIES + 1);
});

it('asks again for its lease twice before it runs out', () => {
  const { connectTimeoutMs, statementTimeoutMs } = LEASE_POOL;
  expect(2 * (connectTimeoutMs + statementTimeoutMs)).toBeLessThan(LEASE_TERM_MS);
});
