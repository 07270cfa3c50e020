import { partitionOf } from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { problemAnswer, problemOf } from '@hookstile/service-runtime';
import { anEvent, until } from '@hookstile/testing';
import { afterEach, assert, expect, test, vi } from 'vitest';
import type { AcceptedEvent } from '../accept/accepted-event.js';
import { readKafkaRecord } from '../accept/kafka-event.js';
import { ACK_TIMEOUT_MS, EventsPublisher } from './events.publisher.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const accepted = (overrides = {}): AcceptedEvent => ({
  outcome: 'accepted',
  attributes: anEvent(overrides),
  data: Buffer.from('{ "n": 1 }'),
});

async function open(queueMaxRecords = 10) {
  const messaging = new FakeMessaging({ partitions: 4 });
  const publisher = await messaging.publisher({ name: 'events', queueMaxRecords });
  return { messaging, events: new EventsPublisher({ publisher, topic: 'events', partitionCount: 4 }) };
}

afterEach(() => void vi.useRealTimers());

test('what the front door writes, the router reads as the same event', async () => {
  const { messaging, events } = await open();
  const event = accepted({
    id: 'ä 1',
    time: '2026-01-01T00:00:00Z',
    extensions: { flag: 'x', datacontenttype: 'application/x+json', dataschema: 'http://s' },
  });
  await events.publish([event], TRACEPARENT);
  const [record] = messaging.records('events');
  if (!record) throw new Error('nothing was written');
  expect(record.partition).toBe(partitionOf('ten_1', 4));
  expect(record.headers.traceparent?.toString()).toBe(TRACEPARENT);
  expect(readKafkaRecord(record, { tenantId: null, acceptedAt: event.attributes.acceptedAt })).toEqual(event);
});

test('resolves only after the ack', async () => {
  const { messaging, events } = await open();
  const release = messaging.holdSends();
  let acknowledged = false;
  const published = events.publish([accepted()], TRACEPARENT).then(() => {
    acknowledged = true;
  });
  await until(() => messaging.requests.length === 1);
  expect(acknowledged).toBe(false);
  release();
  await published;
  expect(messaging.records('events')).toHaveLength(1);
});

test('is unavailable while no ack comes in time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { messaging, events } = await open();
  messaging.holdSends();
  const published = expect(events.publish([accepted()], TRACEPARENT)).rejects.toMatchObject({ retryable: true });
  await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS);
  await published;
});

test('is unavailable, 503 with Retry-After, when the buffer is full', async () => {
  const { messaging, events } = await open(2);
  const release = messaging.holdSends();
  const first = events.publish([accepted(), accepted()], TRACEPARENT);
  await until(() => messaging.requests.length === 1);
  const error: unknown = await events.publish([accepted()], TRACEPARENT).catch((reason: unknown) => reason);
  const problem = problemOf(error);
  const { status, body, headers } = problem ? problemAnswer(problem) : assert.fail();
  expect([status, body.code, headers['retry-after']]).toEqual([503, 'unavailable', '1']);
  release();
  await first;
});

test('an event that waits keeps its own bytes in memory, not the body that it came in', async () => {
  const { messaging, events } = await open();
  const body = Buffer.alloc(4 * 1024 * 1024, 0x20);
  body.write('{"n":1}', 1_000);
  await events.publish([{ ...accepted(), data: body.subarray(1_000, 1_007) }], TRACEPARENT);
  const [request] = messaging.requests;
  expect(request?.[0]?.value.toString()).toBe('{"n":1}');
  expect(request?.[0]?.value.buffer.byteLength).toBeLessThan(body.length / 2);
});
