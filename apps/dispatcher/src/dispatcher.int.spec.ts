import { type Receiver, startReceiver, until } from '@hookstile/testing';
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

const numbersAt = (path: string): number[] =>
  receiver.on(path).map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

const retry = { onExhausted: 'continue' as const, stopOn: [], disableOn: [410], retryAfterMaxMs: 0 };

function settings(path: string, delaysMs: number[] = [], overrides: { disableAfter?: number | null } = {}) {
  return { url: `${receiver.url}${path}`, retry: { ...retry, delaysMs }, disableAfter: 100, ...overrides };
}

describe('the dispatcher', () => {
  it('delivers in order, and journals each attempt with its status', async () => {
    const integration = await world.configure({ id: 'int_order', settings: settings('/order') });
    await world.route(integration, 0, 200);
    await receiver.received('/order', 200);
    expect(numbersAt('/order')).toEqual(range(0, 200));
    const attempts = await world.journaled('int_order', 200);
    expect(attempts.map(({ deliveries }) => deliveries[0]?.eventId)).toEqual(range(0, 200).map((n) => `evt_${n}`));
    expect(attempts[0]).toMatchObject({ attempt: 1, httpStatus: 200, push: 'delivered', consecutiveFailures: 0 });
  });

  it('drops what the router writes again', async () => {
    const integration = { id: 'int_replay', version: 1 };
    await world.configure({ id: 'int_replay', settings: settings('/replay') });
    await world.route(integration, 0, 5);
    await receiver.received('/replay', 5);
    world.replay(5);
    await world.route(integration, 0, 6);
    await receiver.received('/replay', 6);
    expect(numbersAt('/replay')).toEqual(range(0, 6));
  });

  it('retries with the given gaps while later deliveries wait, and another integration does not', async () => {
    receiver.answer('/retry', [503, 500, 200]);
    const failing = await world.configure({ id: 'int_retry', settings: settings('/retry', [300, 600]) });
    const healthy = await world.configure({ id: 'int_other', settings: settings('/other') });
    await world.route(failing, 0, 10);
    await receiver.received('/retry', 1);
    await world.route(healthy, 0, 10);
    await receiver.received('/other', 10);
    expect(receiver.on('/retry').length).toBeLessThan(3);
    await receiver.received('/retry', 12);
    expect(numbersAt('/retry')).toEqual([0, 0, 0, ...range(1, 9)]);
    const [first, second, third] = receiver.on('/retry').map(({ arrivedAtMs }) => arrivedAtMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(295);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(595);
    const ids = new Set(
      receiver
        .on('/retry')
        .slice(0, 3)
        .map(({ headers }) => headers['webhook-id']),
    );
    expect(ids.size).toBe(1);
    const attempts = await world.journaled('int_retry', 12);
    expect(attempts.slice(0, 4).map(({ attempt, push, httpStatus }) => [attempt, push, httpStatus])).toEqual([
      [1, 'pending', 503],
      [2, 'pending', 500],
      [3, 'delivered', 200],
      [1, 'delivered', 200],
    ]);
  });

  it('flows again after a retry, without a row left behind', async () => {
    await world.route({ id: 'int_retry', version: 1 }, 10, 5);
    await receiver.received('/retry', 17);
    expect(numbersAt('/retry').slice(-5)).toEqual(range(10, 5));
    await until(async () => (await world.get('/v1/integrations/int_retry/lanes')).body.items.length === 0);
  });

  it('makes no attempt after the threshold, holds what comes, and delivers it in order once enabled', async () => {
    receiver.answer('/stop', () => ({ status: stopAnswers }));
    let stopAnswers = 500;
    const id = 'int_stop';
    const failing = await world.configure({ id, settings: settings('/stop', [], { disableAfter: 3 }) });
    await world.route(failing, 0, 10);
    await until(() =>
      world.signals.some(({ integrationId, type }) => integrationId === id && type === 'disable-requested'),
    );
    await until(() => world.asideOf(id, 'held').length === 7);
    await world.route(failing, 10, 2);
    await until(() => world.asideOf(id, 'held').length === 9);
    expect(numbersAt('/stop')).toEqual([0, 1, 2]);
    expect(world.signals.filter(({ integrationId }) => integrationId === id)).toMatchObject([
      { type: 'failing', enablement: 1, consecutiveFailures: 1 },
      { type: 'disable-requested', enablement: 1, consecutiveFailures: 3, reason: 'consecutive_failures' },
    ]);
    const lanes = await world.get(`/v1/integrations/${id}/lanes`);
    expect(lanes.body.items).toMatchObject([{ key: 'main', state: 'stopped', waiting: 9, blockedBy: 'disabled' }]);
    const page = await world.get(`/v1/integrations/${id}/lanes/main/deliveries?limit=2`);
    expect(page.body.items.map(({ eventId }) => eventId)).toEqual(['evt_3', 'evt_4']);

    const base = { id, settings: settings('/stop', [], { disableAfter: 3 }) };
    await world.configure({ ...base, version: 2, state: 'disabled', disabledReason: 'consecutive_failures' });
    stopAnswers = 200;
    await world.configure({ ...base, version: 3, enablement: 2 });
    await world.route({ id, version: 3 }, 12, 3);
    await receiver.received('/stop', 15);
    expect(numbersAt('/stop')).toEqual(range(0, 15));
  });

  it('stops at once when the endpoint is gone', async () => {
    receiver.answer('/gone', [410]);
    const gone = await world.configure({ id: 'int_gone', settings: settings('/gone', [100, 100]) });
    await world.route(gone, 0, 5);
    await until(() =>
      world.signals.some(({ integrationId, reason }) => integrationId === 'int_gone' && reason === 'gone'),
    );
    await until(() => world.asideOf('int_gone', 'held').length === 4);
    expect(numbersAt('/gone')).toEqual([0]);
  });

  it('discards the backlog that the admin did not want, with a record', async () => {
    const id = 'int_discard';
    const base = { id, settings: settings('/discard') };
    await world.configure({ ...base, state: 'disabled', disabledReason: 'admin' });
    await world.route({ id, version: 1 }, 0, 5);
    await until(() => world.asideOf(id, 'held').length === 5);
    await world.configure({ ...base, version: 2, enablement: 2, discardBefore: 2 });
    await world.route({ id, version: 2 }, 5, 2);
    await receiver.received('/discard', 2);
    expect(numbersAt('/discard')).toEqual([5, 6]);
    await until(() => world.asideOf(id, 'discarded').length === 5);
  });

  it('discards what is bound for a deleted integration', async () => {
    await world.configure({ id: 'int_deleted', version: 2, deleted: true, settings: settings('/deleted') });
    await world.route({ id: 'int_deleted', version: 1 }, 0, 3);
    await until(() => world.asideOf('int_deleted', 'discarded').length === 3);
    expect(numbersAt('/deleted')).toEqual([]);
  });

  it('loses and repeats nothing over restarts in mid-flow', async () => {
    receiver.answer('/restart', () => ({ delayMs: 2 }));
    const integration = await world.configure({ id: 'int_restart', settings: settings('/restart') });
    receiver.answer('/restart-retry', ({ attempt }) => ({ status: attempt === 3 ? 500 : 200 }));
    const retried = await world.configure({ id: 'int_restart_retry', settings: settings('/restart-retry', [1_500]) });
    await world.route(integration, 0, 300);
    await world.route(retried, 0, 20);
    await receiver.received('/restart', 100);
    await receiver.received('/restart-retry', 3);
    await world.service?.stop();
    await world.start();
    await world.route(integration, 300, 100);
    await receiver.received('/restart', 400, 20_000);
    await receiver.received('/restart-retry', 21, 20_000);
    await world.service?.stop();
    await world.start();
    await world.route(integration, 400, 10);
    await receiver.received('/restart', 410, 20_000);
    expect(numbersAt('/restart')).toEqual(range(0, 410));
    expect(numbersAt('/restart-retry')).toEqual([0, 1, 2, ...range(2, 18)]);
    expect(numbersAt('/order')).toHaveLength(200);
    expect(numbersAt('/stop')).toHaveLength(15);
  });
});
