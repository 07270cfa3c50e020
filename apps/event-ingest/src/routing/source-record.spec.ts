import type { ReceivedRecord } from '@hookstile/messaging';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceRecordOf } from './source-record.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function record(headers: Record<string, string> = {}, timestampMs = 0): ReceivedRecord {
  const attributes = { ce_specversion: '1.0', ce_id: 'e', ce_source: '/s', ce_type: 't', ce_tenantid: 'ten_1' };
  const bytes = Object.entries({ ...attributes, ...headers }).map(([name, value]) => [name, Buffer.from(value)]);
  const value = Buffer.from('1');
  return {
    topic: 'events',
    partition: 1,
    offset: 2,
    key: null,
    headers: Object.fromEntries(bytes),
    value,
    timestampMs,
  };
}

function acceptedAtOf(received: ReceivedRecord): string | undefined {
  const { reading } = sourceRecordOf(received);
  return reading.outcome === 'accepted' ? reading.attributes.acceptedAt : undefined;
}

test('reads every record, whatever is in it, as accepted or as rejected with a short reason', () => {
  const text = fc.oneof(fc.string(), fc.constant('application/cloudevents+json'), fc.json());
  const bytes = fc.oneof(
    text.map((value) => Buffer.from(value)),
    fc.uint8Array().map((value) => Buffer.from(value)),
  );
  const name = fc.constantFrom(
    'content-type',
    'traceparent',
    'hookstile-accepted-at',
    'ce_id',
    'ce_tenantid',
    'ce_x',
    'y',
  );
  const value = fc.oneof(bytes, fc.constant(null));
  fc.assert(
    fc.property(fc.dictionary(name, bytes), value, fc.double(), (headers, body, timestampMs) => {
      const { reading } = sourceRecordOf({ ...record({}, timestampMs), headers, value: body });
      if (reading.outcome === 'rejected') expect(reading.detail.length).toBeLessThan(5_000);
    }),
    { numRuns: 300 },
  );
});

test('a huge header or member name is not repeated in the reason', () => {
  const huge = 'x'.repeat(200_000);
  const duplicate = Buffer.from(`{"${huge}":1,"${huge}":2}`);
  const structured = { headers: { 'content-type': Buffer.from('application/cloudevents+json') }, value: duplicate };
  const other = { headers: { 'content-type': Buffer.from(`application/cloudevents+${huge}`) }, value: duplicate };
  for (const part of [structured, other]) {
    const { reading } = sourceRecordOf({ ...record(), ...part });
    expect(reading.outcome === 'rejected' && reading.detail.length).toBeLessThan(300);
  }
});

test('a producer’s record was accepted when it was written', () => {
  expect(acceptedAtOf(record({}, 1_000))).toBe('1970-01-01T00:00:01.000Z');
});

test.each([-1, 9e15, 1e18])(
  'a timestamp of %d that no date shows reads as the same time again and again',
  (timestampMs) => {
    expect(acceptedAtOf(record({}, timestampMs))).toBe('1970-01-01T00:00:00.000Z');
  },
);

test('an unreadable record was accepted when it was written, too', () => {
  const unreadable = { ...record({}, 1_000), headers: {}, value: null };
  expect(sourceRecordOf(unreadable)).toMatchObject({
    acceptedAt: '1970-01-01T00:00:01.000Z',
    reading: { outcome: 'rejected' },
  });
});

test('a record of the front door was accepted when it says', () => {
  const received = record({ 'hookstile-accepted-at': '2026-05-05T05:05:05.555Z' });
  expect(acceptedAtOf(received)).toBe('2026-05-05T05:05:05.555Z');
  expect(sourceRecordOf(received).via).toBe('http');
  expect(sourceRecordOf(record({ 'hookstile-accepted-at': 'yesterday' })).via).toBe('kafka');
});

test('the trace goes on from the header, else from the CloudEvents extension', () => {
  const other = TRACEPARENT.replaceAll('0a', '0b');
  expect(sourceRecordOf(record({ traceparent: TRACEPARENT, ce_traceparent: other })).parent).toBe(TRACEPARENT);
  expect(sourceRecordOf(record({ traceparent: 'nonsense', ce_traceparent: other })).parent).toBe(other);
  expect(sourceRecordOf(record({ ce_traceparent: 'nonsense' })).parent).toBeNull();
});

test('rejects a record that the readers fail on, so that the others of its round are routed', () => {
  const unreadable = record();
  Object.defineProperty(unreadable.headers, 'ce_id', {
    enumerable: true,
    get: () => {
      throw new TypeError('a fault of ours');
    },
  });
  expect(sourceRecordOf(unreadable).reading).toMatchObject({ outcome: 'rejected', code: 'malformed' });
});

test('a reserved type is Hookstile’s own alone, and is known by its source', () => {
  const headers = { ce_type: 'hookstile.integration.failing', ce_source: 'hookstile:/config' };
  expect(sourceRecordOf(record(headers)).reading.outcome).toBe('accepted');
  const forged = sourceRecordOf(record({ ...headers, ce_source: '/s' })).reading;
  expect(forged).toMatchObject({ outcome: 'rejected', code: 'reserved_type', attributes: { id: 'e' } });
});
