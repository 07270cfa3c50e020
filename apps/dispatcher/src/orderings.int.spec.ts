import type { IntegrationSettings } from '@hookstile/contracts';
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

const rules = { onExhausted: 'continue' as const, stopOn: [], disableOn: [410], retryAfterMaxMs: 0 };

const settings = (path: string, overrides: Partial<IntegrationSettings> = {}) => ({
  url: `${receiver.url}${path}`,
  retry: { ...rules, delaysMs: [400, 400, 400, 400] },
  ...overrides,
});

const numberIn = (body: Buffer): number => (JSON.parse(body.toString()) as { data: { n: number } }).data.n;
const numbersAt = (path: string): number[] => receiver.on(path).map(({ body }) => numberIn(body));
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const door = (n: number) => ({ subject: `door_${n % 3}` });

/** Answers after a while, and notes how many requests were open at most. */
function slowly(path: string, delayMs: number): () => number {
  let open = 0;
  let most = 0;
  receiver.answer(path, async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    open -= 1;
    return { status: 200 };
  });
  return () => most;
}

describe('an integration ordered by key', () => {
  it('keeps the order of each key, while a key that fails holds up no other', async () => {
    let isBroken = true;
    receiver.answer('/by-key', ({ body }) => ({ status: isBroken && numberIn(body) % 3 === 1 ? 503 : 200 }));
    const ordering = { mode: 'by-key', key: '/subject', maxConcurrency: 4 } as const;
    const integration = await world.configure({ id: 'int_by_key', settings: settings('/by-key', { ordering }) });
    await world.route(integration, 0, 30, door);
    const done = () => new Set(numbersAt('/by-key').filter((n) => n % 3 !== 1));
    await until(() => done().size === 20);
    expect(new Set(numbersAt('/by-key').filter((n) => n % 3 === 1))).toEqual(new Set([1]));
    isBroken = false;
    await until(() => new Set(numbersAt('/by-key')).size === 30);
    for (const key of [0, 1, 2]) {
      const numbers = numbersAt('/by-key').filter((n) => n % 3 === key);
      expect([...new Set(numbers)]).toEqual(range(0, 10).map((n) => n * 3 + key));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    const lanes = new Set(world.attemptsOf('int_by_key').map(({ lane }) => lane));
    expect(lanes).toEqual(new Set(['door_0', 'door_1', 'door_2']));
  });

  it('makes no more requests at a time than it may', async () => {
    const most = slowly('/bound', 30);
    const ordering = { mode: 'by-key', key: '/data/n', maxConcurrency: 3 } as const;
    const integration = await world.configure({ id: 'int_bound', settings: settings('/bound', { ordering }) });
    await world.route(integration, 0, 40);
    await receiver.received('/bound', 40);
    expect(most()).toBe(3);
  });
});

describe('an unordered integration', () => {
  it('lets nothing wait for a delivery that fails', async () => {
    receiver.answer('/unordered', ({ body, attempt }) => ({
      status: numberIn(body) === 0 && attempt < 15 ? 503 : 200,
    }));
    const ordering = { mode: 'unordered', maxConcurrency: 8 } as const;
    const integration = await world.configure({ id: 'int_unordered', settings: settings('/unordered', { ordering }) });
    await world.route(integration, 0, 20);
    await until(() => new Set(numbersAt('/unordered')).size === 20);
    await until(() => numbersAt('/unordered').filter((n) => n === 0).length === 2);
    expect(numbersAt('/unordered')).toHaveLength(21);
  });

  it('stops as a whole at its threshold, and after it no attempt starts', async () => {
    receiver.answer('/threshold', () => ({ status: 500, delayMs: 5 }));
    const ordering = { mode: 'unordered', maxConcurrency: 4 } as const;
    const integration = await world.configure({
      id: 'int_threshold',
      settings: settings('/threshold', { ordering, retry: { ...rules, delaysMs: [] }, disableAfter: 10 }),
    });
    await world.route(integration, 0, 60);
    await until(() =>
      world.signals.some(
        ({ integrationId, type }) => integrationId === 'int_threshold' && type === 'disable-requested',
      ),
    );
    const attempts = await world.journaled('int_threshold', 10);
    expect(attempts[9]?.consecutiveFailures).toBe(10);
    // Those that had begun may end.
    await until(() => world.asideOf('int_threshold', 'held').length >= 60 - 10 - 3);
    expect(receiver.on('/threshold').length).toBeLessThanOrEqual(13);
    expect(Math.max(...world.attemptsOf('int_threshold').map(({ consecutiveFailures }) => consecutiveFailures))).toBe(
      10,
    );
  });
});

describe('a rate limit', () => {
  it('spreads the requests of an integration over the second', async () => {
    const ordering = { mode: 'unordered', maxConcurrency: 8 } as const;
    const integration = await world.configure({
      id: 'int_rate',
      settings: settings('/rate', { ordering, rateLimit: { perSecond: 20 } }),
    });
    await world.route(integration, 0, 30);
    const arrivals = (await receiver.received('/rate', 30)).map(({ arrivedAtMs }) => arrivedAtMs);
    const tookMs = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
    expect(tookMs).toBeGreaterThanOrEqual(29 * 50 - 60);
  });
});
