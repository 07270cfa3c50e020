import { attemptsV1, type JournalEnvelope, type JournalRecord, PUSH_MAX_ITEMS } from '@hookstile/contracts';
import { RECORD_MAX_BYTES } from '@hookstile/messaging';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import { emptyFifo, push } from '../lanes/fifo.js';
import { ASIDE_RECORD_MAX_DELIVERIES } from '../lanes/lane.bounds.js';
import type { LaneDelivery } from '../lanes/lane.store.js';
import { aLaneDelivery } from '../lanes/lane-delivery.fake.js';
import { rules } from '../lanes/lane-given.fake.js';
import { nextPush } from '../lanes/lane-push.js';
import { attemptRecord, nameBytesOf, setAsideRecord, skippedRecord } from './journal-records.js';
import { lesserRecord } from './lesser-record.js';

/** What both doors take at most, in characters that UTF-8, or JSON, makes the most of. */
const maximal = (character: string, count: number): LaneDelivery[] =>
  Array.from({ length: count }, (_, index) => {
    const offset = Number.MAX_SAFE_INTEGER - count + index;
    const text = (length: number) => character.repeat(length);
    const event = { id: text(255), source: text(2_048), type: text(255), subject: text(1_024) };
    return aLaneDelivery({ offset, delivery: { event, sourcePartition: 99_999, sourceOffset: offset } });
  });

const CONTEXT = { tenantId: 'ten_1', integrationId: 'int_1', epoch: 1_000_000, sequence: Number.MAX_SAFE_INTEGER };
const NOW_MS = Date.parse(FIXED_NOW);
/** An answer's headers, each of one byte: what JSON makes the most of. */
const RESPONSE_HEADERS = Array.from({ length: 16 * 1024 }, (): [string, string] => ['a', '']);
const REQUEST_HEADERS = Array.from({ length: 60 }, (): [string, string] => ['X'.repeat(255), '***']);

function attempt(items: readonly LaneDelivery[]): JournalRecord {
  const [first, ...others] = items;
  if (!first) throw new Error('a push of none');
  const body = Buffer.alloc(KEPT_BODY_MAX_BYTES);
  const url = `https://example.com/${'%F0%9F%98%80'.repeat(1_024)}`;
  return attemptRecord(CONTEXT, {
    deliveries: [first, ...others],
    lane: 'k'.repeat(200),
    attemptId: 'a'.repeat(60),
    attempt: 100,
    startedAtMs: NOW_MS,
    verdict: { attempt: 101, dueAtMs: NOW_MS, exhaustedUnder: null },
    enablement: 1_000_000,
    consecutiveFailures: 1_000_000,
    outcome: {
      outcome: 'failed',
      httpStatus: 500,
      error: 'http_status',
      errorDetail: '😀'.repeat(100_000),
      retryAfterMs: null,
      durationMs: 12_345.678_9,
      traceId: 'f'.repeat(32),
      retryable: true,
      request: { method: 'POST', url, headers: REQUEST_HEADERS, body, truncated: true },
      response: { headers: RESPONSE_HEADERS, body, truncated: true },
    },
  });
}

const plain = (envelope: JournalEnvelope): JournalRecord => ({ envelope, bytes: Buffer.alloc(0) });
const aside = (kind: 'held' | 'discarded', items: readonly LaneDelivery[]) =>
  plain(setAsideRecord(kind, CONTEXT, items, 'consecutive_failures', NOW_MS));
const skipped = (items: readonly LaneDelivery[]) => {
  const actor = { type: 'api_key', id: 'key_1', name: '😀'.repeat(255), role: 'admin' } as const;
  return plain(skippedRecord(CONTEXT, items, { actor, requestId: 'r'.repeat(255) }, NOW_MS));
};

function sizeOf(record: JournalRecord): number {
  const { key, headers, value } = attemptsV1.encode('int_1', record);
  const named = Object.entries(headers).flat();
  return Buffer.byteLength(key) + named.reduce((sum, text) => sum + 8 + Buffer.byteLength(text), 64) + value.length;
}

const batching = { ...rules, batch: { maxItems: PUSH_MAX_ITEMS, maxWaitMs: 0 } };
const pushOf = (items: readonly LaneDelivery[]) =>
  nextPush(push(emptyFifo<LaneDelivery>(), items), batching)?.items ?? [];

describe.each([['😀'], ['€'], ['"'], ['x']])('events whose names are as long as may be, of %s', (character) => {
  const items = maximal(character, PUSH_MAX_ITEMS);

  it('fit into the record of an attempt of their push, and of a push that is discarded or skipped', () => {
    const members = pushOf(items);
    expect(members.length).toBeGreaterThan(30);
    for (const record of [attempt(members), aside('discarded', members), skipped(members)]) {
      expect(sizeOf(record)).toBeLessThan(RECORD_MAX_BYTES);
    }
  });

  it('fit into the record of those that are held, or discarded, together', () => {
    const together = items.slice(0, ASIDE_RECORD_MAX_DELIVERIES);
    for (const kind of ['held', 'discarded'] as const) {
      expect(sizeOf(aside(kind, together))).toBeLessThan(RECORD_MAX_BYTES);
    }
  });

  it('take no more than is reckoned with', () => {
    const [item] = items;
    if (!item) throw new Error('none');
    const [named] = setAsideRecord('held', CONTEXT, [item], '', NOW_MS).deliveries;
    expect(Buffer.byteLength(JSON.stringify(named)) + 1).toBeLessThanOrEqual(nameBytesOf(item.envelope));
  });
});

it('lets names of a usual length make no batch smaller', () => {
  const event = { source: `/tenants/${'x'.repeat(100)}`, type: 'device.compliance.changed', id: 'e'.repeat(100) };
  const items = Array.from({ length: PUSH_MAX_ITEMS }, (_, offset) => aLaneDelivery({ offset, delivery: { event } }));
  expect(pushOf(items)).toHaveLength(PUSH_MAX_ITEMS);
});

it('leaves out bodies, then headers and most of the names, until nothing is left to leave out', () => {
  const { deliveries } = attempt(maximal('😀', 2)).envelope as {
    deliveries: { deliveryId: string }[];
  } & JournalEnvelope;
  let record = attempt(maximal('😀', PUSH_MAX_ITEMS));
  const sizes: number[] = [];
  for (let lesser = lesserRecord(record); lesser !== null; lesser = lesserRecord(record)) {
    ({ record } = lesser);
    sizes.push(sizeOf(record));
    expect(attemptsV1.decode(decodable(record)).outcome).toBe('decoded');
  }
  expect(sizes).toHaveLength(2);
  expect(sizes[1]).toBeLessThan(128 * 1024);
  expect(record.envelope).toMatchObject({
    push: 'pending',
    attempt: 100,
    deliveries: expect.arrayContaining([expect.objectContaining({ deliveryId: deliveries[0]?.deliveryId })]),
    request: { headers: [], truncated: true },
    response: { headers: [], truncated: true },
  });
});

function decodable(record: JournalRecord) {
  const { headers, value } = attemptsV1.encode('k', record);
  return { headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, Buffer.from(v)])), value };
}
