import type { AttemptRecord } from '@hookstile/contracts';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import {
  HOSTILE_RETRY_AFTERS,
  type HostileReceiver,
  hostileReceivers,
  meetAll,
  type RunningHostileReceiver,
  startHostileReceiver,
  trustIn,
} from '@hookstile/testing/hostile-receivers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dispatching } from './dispatching.fake.js';
import { KEPT_BODY_MAX_BYTES, RESPONSE_HEADERS_MAX_COUNT } from './egress/response.bounds.js';

/** Of attempts that nothing else ends; and of those that end by another bound. */
const SHORT_TIMEOUT_MS = 1_000;
const LONG_TIMEOUT_MS = 15_000;
const JOURNALED_MAX_MS = 30_000;
const HEALTHY_DELIVERIES = 50;
const RETRY_DELAY_MS = 60_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

const ONCE = { delaysMs: [], onExhausted: 'continue' as const, stopOn: [], disableOn: [], retryAfterMaxMs: 0 };

const receivers = await hostileReceivers();
const running = new Map<HostileReceiver, RunningHostileReceiver>();
let world: Dispatching;
let neighbour: Receiver;

const idOf = (receiver: HostileReceiver): string => `int_hostile_${receivers.indexOf(receiver)}`;

const timeoutMsOf = ({ attempt }: HostileReceiver): number =>
  attempt === 'timeout' ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS;

async function configure(receiver: HostileReceiver): Promise<void> {
  const started = await startHostileReceiver(receiver);
  running.set(receiver, started);
  const { request } = (await world.configure({ id: 'int_template' })).settings;
  await world.configure({
    id: idOf(receiver),
    settings: {
      url: started.url,
      request: { ...request, ...trustIn(receiver), timeoutMs: timeoutMsOf(receiver) },
      retry: ONCE,
    },
  });
}

/** The first attempt that ended by itself: one that a lost lease ended is made again. */
function endedAttemptOf(receiver: HostileReceiver): AttemptRecord | undefined {
  return world.attemptsOf(idOf(receiver)).find(({ error }) => error !== 'aborted');
}

function deliveredToNeighbour(): (string | undefined)[] {
  const succeeded = world.attemptsOf('int_well').filter(({ outcome }) => outcome === 'succeeded');
  return succeeded.map(({ deliveries }) => deliveries[0]?.eventId);
}

async function deliver(receiver: HostileReceiver): Promise<void> {
  await world.route({ id: idOf(receiver), version: 1 }, 0, 1);
  await until(() => endedAttemptOf(receiver), { what: `the attempt at ${receiver.name}`, timeoutMs: JOURNALED_MAX_MS });
}

beforeAll(async () => {
  world = await Dispatching.create();
  await world.start();
  neighbour = await startReceiver();
  await Promise.all(receivers.map(configure));
  await world.configure({ id: 'int_well', settings: { url: `${neighbour.url}/well`, retry: ONCE } });
  await world.route({ id: 'int_well', version: 1 }, 0, HEALTHY_DELIVERIES);
  await meetAll(receivers, deliver);
  await until(() => deliveredToNeighbour().length === HEALTHY_DELIVERIES, {
    what: "the neighbour's deliveries",
    timeoutMs: JOURNALED_MAX_MS,
  });
});

afterAll(async () => {
  await world.close();
  await neighbour.close();
  for (const receiver of running.values()) await receiver.close();
});

/** What the event log says of it. */
function endingOf({ httpStatus, error }: AttemptRecord): HostileReceiver['attempt'] | null {
  return error === null || error === 'http_status' ? httpStatus : error;
}

describe('a dispatcher that delivers to all of them', () => {
  it.each(receivers)('journals of a receiver that $name how it ended, with what is kept', (receiver) => {
    const attempt = endedAttemptOf(receiver);
    if (!attempt) throw new Error('none');
    expect([endingOf(attempt), attempt.response?.truncated ?? false]).toEqual([
      receiver.attempt,
      receiver.isTruncated ?? false,
    ]);
    expect(attempt.responseBytes).toBeLessThanOrEqual(KEPT_BODY_MAX_BYTES);
    expect(attempt.response?.headers.length ?? 0).toBeLessThanOrEqual(RESPONSE_HEADERS_MAX_COUNT);
  });

  it('goes on with a neighbour that is well, in order', () => {
    expect(deliveredToNeighbour()).toEqual(Array.from({ length: HEALTHY_DELIVERIES }, (_, n) => `evt_${n}`));
  });
});

describe('a receiver that names a time to wait', () => {
  it.each(HOSTILE_RETRY_AFTERS)('of "%s" makes a delivery wait no longer than is allowed', async (value, obeyed) => {
    const id = `int_wait_${HOSTILE_RETRY_AFTERS.findIndex(([known]) => known === value)}`;
    neighbour.answer(`/${id}`, () => ({ status: 503, headers: { 'retry-after': value } }));
    const retry = { ...ONCE, delaysMs: [RETRY_DELAY_MS], retryAfterMaxMs: RETRY_AFTER_MAX_MS };
    const integration = await world.configure({ id, settings: { url: `${neighbour.url}/${id}`, retry } });
    await world.route(integration, 0, 1);
    const [attempt] = await world.journaled(id, 1);
    const waitMs =
      Date.parse(attempt?.nextAttemptAt ?? '') - Date.parse(attempt?.at ?? '') - (attempt?.durationMs ?? 0);
    expect(Math.round(waitMs / 1_000)).toBe((obeyed ? RETRY_AFTER_MAX_MS : RETRY_DELAY_MS) / 1_000);
  });
});

it('holds no connection in the end but to who answered in whole', async () => {
  const seeing = [...running.values()].filter(({ isBlind, keepsConnection }) => !isBlind && !keepsConnection);
  await until(() => seeing.every(({ connections }) => connections === 0), { what: 'their connections to close' });
});
