import type { IntegrationSettings } from '@hookstile/contracts';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dispatching } from './dispatching.fake.js';

let world: Dispatching;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await Dispatching.create();
  await world.start({ HOOKSTILE_HELD_MAX_COUNT: '12' });
});

afterAll(async () => {
  await world.close();
  await receiver.close();
});

const rules = { onExhausted: 'continue' as const, stopOn: [], disableOn: [410], retryAfterMaxMs: 0 };
const ordering = { mode: 'by-key', key: '/subject', maxConcurrency: 4 } as const;
const LATER_MS = 600_000;

const settings = (path: string, overrides: Partial<IntegrationSettings> = {}) => ({
  url: `${receiver.url}${path}`,
  ordering,
  retry: { ...rules, delaysMs: [LATER_MS] },
  ...overrides,
});

const numberIn = (body: Buffer): number => (JSON.parse(body.toString()) as { data: { n: number } }).data.n;
const numbersAt = (path: string): number[] => receiver.on(path).map(({ body }) => numberIn(body));
const door = (n: number) => ({ subject: `door/${n % 4}` });
const lanesOf = async (id: string, query = '') => (await world.get(`/v1/integrations/${id}/lanes${query}`)).body;

describe('a lane that waits for long', () => {
  it('exists as rows only; what comes for it goes behind them, and a restart brings back nothing but what is due', async () => {
    receiver.answer('/sleep', ({ attempt }) => ({ status: attempt <= 4 ? 503 : 200 }));
    const given = { id: 'int_sleep', settings: settings('/sleep') };
    const integration = await world.configure(given);
    await world.route(integration, 0, 8, door);
    await receiver.received('/sleep', 4);
    await until(() => world.inMemory('int_sleep').length === 0, { timeoutMs: 10_000 });
    const lanes = await lanesOf('int_sleep');
    expect(lanes.items).toMatchObject(
      [0, 1, 2, 3].map((n) => ({
        key: `door/${n}`,
        state: 'parked',
        waiting: 2,
        blockedBy: 'retry',
        head: { attempt: 2 },
      })),
    );
    await world.service?.stop();
    await world.route(integration, 8, 4, door);
    await world.start({ HOOKSTILE_HELD_MAX_COUNT: '12' });
    await until(async () => (await lanesOf('int_sleep')).items.every(({ waiting }) => waiting === 3));
    await until(() => world.inMemory('int_sleep').length === 0, { timeoutMs: 10_000 });
    expect(receiver.on('/sleep')).toHaveLength(4);
    await world.configure({ ...given, version: 2, state: 'disabled' });
    await until(async () => (await lanesOf('int_sleep')).items.every(({ blockedBy }) => blockedBy === 'disabled'));
    await world.configure({ ...given, version: 3, enablement: 2 });
    await receiver.received('/sleep', 16);
    for (const key of [0, 1, 2, 3]) {
      const sent = numbersAt('/sleep').filter((n) => n % 4 === key);
      expect(sent).toEqual([key, key, key + 4, key + 8]);
    }
    await until(async () => (await lanesOf('int_sleep')).items.length === 0);
  });

  it('is sent when it is due', async () => {
    receiver.answer('/due', [503, 200]);
    const retry = { ...rules, delaysMs: [24_000] };
    const integration = await world.configure({ id: 'int_due', settings: settings('/due', { retry }) });
    await world.route(integration, 0, 2, () => ({ subject: 'one' }));
    await receiver.received('/due', 1);
    await until(() => world.inMemory('int_due').length === 0, { timeoutMs: 10_000 });
    await receiver.received('/due', 3, 40_000);
    const [first = 0, second = 0] = receiver.on('/due').map(({ arrivedAtMs }) => arrivedAtMs);
    expect(second - first).toBeGreaterThanOrEqual(24_000 - 5);
    expect(second - first).toBeLessThan(30_000);
    expect(numbersAt('/due')).toEqual([0, 0, 1]);
  }, 60_000);
});

describe('the lanes of an integration', () => {
  it('are listed page by page, the longest wait first', async () => {
    receiver.answer('/list', () => ({ status: 503 }));
    const integration = await world.configure({ id: 'int_list', settings: settings('/list') });
    await world.route(integration, 0, 6, door);
    await receiver.received('/list', 4);
    await until(async () => (await lanesOf('int_list')).items.length === 4);
    const first = await lanesOf('int_list', '?limit=3');
    const second = await lanesOf('int_list', `?limit=3&cursor=${first.nextCursor}`);
    const keys = [...first.items, ...second.items].map(({ key }) => key);
    expect([keys, second.nextCursor]).toEqual([['door/0', 'door/1', 'door/2', 'door/3'], null]);
    const waiting = await world.get(`/v1/integrations/int_list/lanes/${encodeURIComponent('door/1')}/deliveries`);
    expect(waiting.body.items.map(({ eventId }) => eventId)).toEqual(['evt_1', 'evt_5']);
    expect((await world.get('/v1/integrations/int_list/lanes/none/deliveries')).status).toBe(404);
  });

  it('go on behind a head that an admin gives up, exactly where it was exhausted', async () => {
    receiver.answer('/skip', ({ body }) => ({ status: numberIn(body) === 0 ? 503 : 200 }));
    const retry: IntegrationSettings['retry'] = { ...rules, delaysMs: [], onExhausted: 'block' };
    const integration = await world.configure({ id: 'int_skip', settings: settings('/skip', { retry }) });
    await world.route(integration, 0, 5, door);
    const path = `/v1/integrations/int_skip/lanes/${encodeURIComponent('door/0')}`;
    await until(async () => (await lanesOf('int_skip')).items[0]?.blockedBy === 'exhausted');
    await until(() => world.inMemory('int_skip').length === 0, { timeoutMs: 10_000 });
    expect((await world.post('/v1/integrations/int_skip/lanes/none/skip')).status).toBe(404);
    // It is there, whether something passes it or not.
    expect((await world.post('/v1/integrations/int_skip/lanes/main/skip')).status).toBe(409);
    const skipped = await world.post(`${path}/skip`);
    expect([skipped.status, skipped.body.key]).toEqual([200, 'door/0']);
    await until(() => numbersAt('/skip').includes(4));
    const record = world.journal.find(({ kind }) => kind === 'skipped');
    expect(record).toMatchObject({
      integrationId: 'int_skip',
      deliveries: [{ eventId: 'evt_0' }],
      actor: { type: 'platform' },
    });
    await until(async () => (await lanesOf('int_skip')).items.length === 0);
    expect((await world.post(`${path}/skip`)).status).toBe(404);
  });
});

describe('what a stopped integration holds', () => {
  it('is bounded across its lanes: the oldest are discarded, with a record and a signal', async () => {
    const given = { id: 'int_held', settings: settings('/held') };
    const integration = await world.configure({ ...given, state: 'disabled', disabledReason: 'admin' });
    await world.route(integration, 0, 16, door);
    await until(() => world.asideOf('int_held', 'discarded').length === 4, { timeoutMs: 15_000 });
    expect(world.asideOf('int_held', 'discarded')).toEqual([0, 1, 2, 3].map((n) => `evt_${n}`));
    expect(new Set(world.asideOf('int_held', 'held'))).toEqual(
      new Set(Array.from({ length: 16 }, (_, n) => `evt_${n}`)),
    );
    await until(() =>
      world.signals.some(({ integrationId, type }) => integrationId === 'int_held' && type === 'held-limit'),
    );
    await world.configure({ ...given, version: 2, enablement: 2 });
    await receiver.received('/held', 12);
    expect(new Set(numbersAt('/held'))).toEqual(new Set(Array.from({ length: 12 }, (_, n) => n + 4)));
  });
});
