import type { IntegrationSettings } from '@hookstile/contracts';
import { type Receiver, startReceiver } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dispatching } from './dispatching.fake.js';

let world: Dispatching;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await Dispatching.create();
  await world.start();
});

afterAll(async () => {
  await world.close();
  await receiver.close();
});

const rules = { onExhausted: 'continue' as const, stopOn: [], disableOn: [410], retryAfterMaxMs: 0 };

const settings = (path: string, overrides: Partial<IntegrationSettings> = {}) => ({
  url: `${receiver.url}${path}`,
  retry: { ...rules, delaysMs: [200, 200] },
  ...overrides,
});

type Sent = { data: { n: number } };

/** The body, an array or not, and the id of each request. */
const pushesAt = (path: string) =>
  receiver.on(path).map(({ headers, body }) => {
    const sent = JSON.parse(body.toString()) as Sent | Sent[];
    const numbers = Array.isArray(sent) ? sent.map(({ data }) => data.n) : sent.data.n;
    return { id: headers['webhook-id'], numbers };
  });

describe('a batching integration', () => {
  it('sends what waits as one JSON array, under the id of its first delivery', async () => {
    const batch = { maxItems: 4, maxWaitMs: 2_000 };
    const integration = await world.configure({ id: 'int_batch', settings: settings('/batch', { batch }) });
    await world.route(integration, 0, 8);
    await receiver.received('/batch', 2);
    expect(pushesAt('/batch').map(({ numbers }) => numbers)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    const [first] = await world.journaled('int_batch', 2);
    expect(first?.deliveries.map(({ eventId }) => eventId)).toEqual(['evt_0', 'evt_1', 'evt_2', 'evt_3']);
    expect(pushesAt('/batch')[0]?.id).toBe(first?.deliveries[0]?.deliveryId);
  });

  it('waits no longer than it may for a batch to fill, and sends an array of one all the same', async () => {
    const batch = { maxItems: 4, maxWaitMs: 300 };
    const integration = await world.configure({ id: 'int_wait', settings: settings('/wait', { batch }) });
    const sentAtMs = Date.now();
    await world.route(integration, 0, 1);
    await receiver.received('/wait', 1);
    expect(Date.now() - sentAtMs).toBeGreaterThanOrEqual(300);
    expect(pushesAt('/wait').map(({ numbers }) => numbers)).toEqual([[0]]);
  });

  it('keeps together what failed together, also over a restart and with smaller batches', async () => {
    const batch = { maxItems: 3, maxWaitMs: 1_000 };
    const delaysMs = [1_500];
    const given = { id: 'int_frozen', settings: settings('/frozen', { batch, retry: { ...rules, delaysMs } }) };
    receiver.answer('/frozen', [500, 200]);
    await world.route(await world.configure(given), 0, 3);
    await world.journaled('int_frozen', 1);
    await world.service?.stop();
    const smaller = { ...given.settings, batch: { maxItems: 1, maxWaitMs: 0 } };
    const changed = await world.configure({ ...given, version: 2, settings: smaller });
    await world.route(changed, 3, 1);
    await world.start();
    await receiver.received('/frozen', 3);
    const [failed, again, behind] = pushesAt('/frozen');
    expect(again).toEqual(failed);
    expect(again?.numbers).toEqual([0, 1, 2]);
    expect(behind?.numbers).toBe(3);
  });
});

describe('an integration that blocks', () => {
  const blocking: IntegrationSettings['retry'] = { ...rules, delaysMs: [], onExhausted: 'block' };

  it('holds its lane at an exhausted push, over a restart, and tries it again when it is changed', async () => {
    receiver.answer('/block', [500, 200]);
    const given = { id: 'int_block', settings: settings('/block', { retry: blocking }) };
    await world.route(await world.configure(given), 0, 3);
    const [attempt] = await world.journaled('int_block', 1);
    expect(attempt).toMatchObject({ push: 'pending', nextAttemptAt: null, exhaustedUnder: 1, consecutiveFailures: 1 });
    await world.service?.stop();
    await world.start();
    const other = await world.configure({ id: 'int_behind', settings: settings('/behind') });
    await world.route(other, 0, 1);
    await receiver.received('/behind', 1);
    expect(receiver.on('/block')).toHaveLength(1);
    await world.configure({ ...given, version: 2 });
    await receiver.received('/block', 4);
    expect(pushesAt('/block').map(({ numbers }) => numbers)).toEqual([0, 0, 1, 2]);
  });
});

describe('growing delays', () => {
  it('are kept between attempts', async () => {
    receiver.answer('/growing', [500, 500, 200]);
    const exponential = { firstMs: 200, factor: 3, maxMs: 10_000, attempts: 5, jitter: 0 };
    const given = { id: 'int_growing', settings: settings('/growing', { retry: { ...rules, exponential } }) };
    await world.route(await world.configure(given), 0, 1);
    await receiver.received('/growing', 3);
    const [first = 0, second = 0, third = 0] = receiver.on('/growing').map(({ arrivedAtMs }) => arrivedAtMs);
    expect(second - first).toBeGreaterThanOrEqual(195);
    expect(third - second).toBeGreaterThanOrEqual(595);
  });
});
