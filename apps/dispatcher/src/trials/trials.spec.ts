import type { EventTypeConfiguration, IntegrationConfiguration } from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { PayloadMask, ProblemError, systemClock } from '@hookstile/service-runtime';
import { anIntegration, FIXED_NOW } from '@hookstile/testing';
import pino from 'pino';
import { expect, test } from 'vitest';
import type { AttemptInput, AttemptOutcome } from '../attempts/attempt.types.js';
import { TrialsPublisher } from '../publishes/trials.publisher.js';
import { TRIAL_TIMEOUT_MAX_MS } from './trial.bounds.js';
import { TrialTurns } from './trial-turns.js';
import { Trials } from './trials.js';

const REQUEST = { tenantId: 'ten_1', traceparent: '00-0', integrationId: 'int_1', eventType: null };
const logger = pino({ enabled: false });

const OUTCOME: AttemptOutcome = {
  outcome: 'succeeded',
  httpStatus: 200,
  error: null,
  errorDetail: null,
  retryAfterMs: null,
  retryable: true,
  durationMs: 1,
  traceId: null,
  request: { method: 'POST', url: 'https://example.com/', headers: [], body: Buffer.from('sent'), truncated: false },
  response: { headers: [['a', 'b']], body: Buffer.from('got'), truncated: false },
};

const example: EventTypeConfiguration = {
  kind: 'event-type',
  id: 'ety_1',
  version: 1,
  deleted: false,
  at: FIXED_NOW,
  tenantId: 'ten_1',
  type: 'a.b',
  description: '',
  schema: null,
  example: { n: [1] },
};

interface Given {
  outcome?: AttemptOutcome;
  integration?: IntegrationConfiguration | undefined;
  catchUp?: () => Promise<void>;
  checkHealth?: () => void;
  eventType?: EventTypeConfiguration | undefined;
  waitingMax?: number;
  isAway?: boolean;
}

async function trialsOf(given: Given = {}) {
  const made: AttemptInput[] = [];
  const publisher = await new FakeMessaging({ partitions: 3 }).publisher({ name: 'trials' });
  if (given.isAway) publisher.publish = () => new Promise(() => {});
  const records = new TrialsPublisher({ publisher, topic: 'attempts', logger, waitingMax: given.waitingMax ?? 2 });
  const stop = new AbortController();
  const trials = new Trials({
    projection: {
      integration: () => ('integration' in given ? given.integration : anIntegration()),
      eventType: () => given.eventType,
      catchUp: given.catchUp ?? (async () => {}),
      checkHealth: given.checkHealth ?? (() => {}),
    },
    attempts: {
      make: async (input) => {
        made.push(input);
        return given.outcome ?? OUTCOME;
      },
      forget: () => {},
      close: async () => {},
    },
    turns: new TrialTurns(),
    records,
    partitionCount: 3,
    clock: systemClock,
    randomBytes: (count) => Buffer.alloc(count, made.length),
    logger,
    mask: new PayloadMask(['token']),
    signal: stop.signal,
  });
  return { trials, made, stop, records };
}

test('shows no secret of the payloads, as the event log shows none', async () => {
  const request = { ...OUTCOME.request, body: Buffer.from('{"token":"abc"}') };
  const response = {
    headers: [['set-cookie', 'abc'] as [string, string]],
    body: Buffer.from('token=abc'),
    truncated: false,
  };
  const { trials, made } = await trialsOf({ outcome: { ...OUTCOME, request, response } });
  expect(await trials.make(REQUEST)).toMatchObject({
    request: { body: '{"token":"***"}' },
    response: { headers: { 'set-cookie': '***' }, body: 'token=***' },
  });
  expect(made).toHaveLength(1);
});

const never = () => new Promise<void>(() => {});

test('is answered although Kafka tells nothing and takes nothing, until too many records wait', async () => {
  const { trials } = await trialsOf({ catchUp: never, isAway: true, waitingMax: 1 });
  await expect(trials.make(REQUEST)).resolves.toMatchObject({ outcome: 'succeeded', trigger: 'test' });
  await expect(trials.make(REQUEST)).rejects.toMatchObject({ code: 'unavailable' });
});

test('is not found where the tenant has none such, and unavailable where that cannot be known', async () => {
  const known = async (given: Given) => (await trialsOf(given)).trials.make(REQUEST);
  await expect(known({ integration: undefined })).rejects.toMatchObject({ code: 'not_found' });
  await expect(known({ integration: anIntegration({ deleted: true }) })).rejects.toMatchObject({ code: 'not_found' });
  const foreign = anIntegration({ tenantId: 'ten_2' });
  await expect(known({ integration: foreign })).rejects.toMatchObject({ code: 'not_found' });
  await expect(known({ integration: undefined, catchUp: never })).rejects.toMatchObject({ code: 'unavailable' });
});

test('is refused where a newer release has written the configuration', async () => {
  const failing = () => Promise.reject(new Error('unreadable'));
  const checkHealth = () => {
    throw new Error('unreadable');
  };
  const { trials, made } = await trialsOf({ catchUp: failing, checkHealth });
  await expect(trials.make(REQUEST)).rejects.toBeInstanceOf(ProblemError);
  expect(made).toEqual([]);
});

test('sends what its event type gives as an example, under an id of its own', async () => {
  const { trials, made } = await trialsOf({ eventType: example });
  await trials.make({ ...REQUEST, eventType: 'a.b' });
  await trials.make({ ...REQUEST, eventType: 'a.b' });
  const [first, second] = made.map(({ deliveries }) => deliveries[0]);
  expect(first?.data.toString()).toBe('{"n":[1]}');
  expect(first?.envelope.event.type).toBe('a.b');
  expect(first?.envelope.deliveryId).not.toBe(second?.envelope.deliveryId);
});

test('sends no example of a deleted event type', async () => {
  const { trials, made } = await trialsOf({ eventType: { ...example, deleted: true } });
  await trials.make(REQUEST);
  expect(made[0]?.deliveries[0]?.data.toString()).toBe('{"test":true}');
});

test('shows bodies that are not logged, and waits no longer than a gateway does', async () => {
  const integration = anIntegration({ settings: { logPayloads: 'none' } });
  integration.settings.request.timeoutMs = 300_000;
  const { trials, made } = await trialsOf({ integration });
  const view = await trials.make(REQUEST);
  expect(view.request.body).toBe('sent');
  expect(view.response?.body).toBe('got');
  expect(made[0]?.integration.settings.logPayloads).toBe('full');
  expect(made[0]?.integration.settings.request.timeoutMs).toBe(TRIAL_TIMEOUT_MAX_MS);
});

test('is not begun by a process that stops', async () => {
  const { trials, made, stop } = await trialsOf();
  stop.abort();
  await expect(trials.make(REQUEST)).rejects.toMatchObject({ code: 'unavailable' });
  expect(made).toEqual([]);
});
