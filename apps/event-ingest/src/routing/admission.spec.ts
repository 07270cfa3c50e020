import { setImmediate as turn } from 'node:timers/promises';
import { FIXED_NOW, fixedClock } from '@hookstile/testing';
import { beforeEach, expect, test } from 'vitest';
import { ACCEPTED_AT_HEADER } from '../accept/record-headers.js';
import { rejection } from '../accept/rejection.js';
import { FakeInboxStore } from '../inbox/inbox.store.fake.js';
import { FakeTenantBeginningStore } from '../inbox/tenant-beginning.store.fake.js';
import { TenantBeginnings } from '../inbox/tenant-beginnings.js';
import { ingestMetrics } from '../ingest-metrics.js';
import { type Admission, Admissions } from './admission.js';
import { type SourceRecord, sourceRecordOf } from './source-record.js';

let happened: string[] = [];
let isRecent = true;
/** Tenants with schemas, none of whose events match. */
let strict = new Set<string>();
let strictBehindBarrier = new Set<string>();

function admissions(): Admissions {
  const clock = fixedClock();
  const inbox = new FakeInboxStore();
  return new Admissions({
    configuration: {
      knowsTenant: () => true,
      get isRecent() {
        return isRecent;
      },
      matcherOf: () => {
        throw new Error('nobody asks who wants an event before it is settled');
      },
      catchUp: async () => {
        await turn();
        strict = strictBehindBarrier;
        happened.push('barrier');
      },
    },
    schemas: {
      hasAny: (tenantId) => strict.has(tenantId),
      has: (tenantId) => strict.has(tenantId),
      rejectionOf: ({ attributes }) => (strict.has(attributes.tenantId) ? rejection('invalid', 'no') : null),
    },
    inbox: {
      claim: (entries, nowMs) => inbox.claim(entries, nowMs),
      settle: (candidates, nowMs) => {
        happened.push(`${candidates.length} settled`);
        return inbox.settle(candidates, nowMs);
      },
      removeOlderThan: async () => 0,
    },
    beginnings: new TenantBeginnings(new FakeTenantBeginningStore(), clock),
    clock,
    metrics: ingestMetrics(),
  });
}

function anEvent(id: string, tenantId: string, offset: number, others: Record<string, string> = {}): SourceRecord {
  const attributes = { ce_specversion: '1.0', ce_id: id, ce_source: '/s', ce_type: 't', ce_tenantid: tenantId };
  const given = Object.entries({ ...attributes, ...others });
  const headers = Object.fromEntries(given.map(([name, text]) => [name, Buffer.from(text)]));
  return sourceRecordOf({
    topic: 'events',
    partition: 0,
    offset,
    key: null,
    headers,
    value: Buffer.from('1'),
    timestampMs: 0,
  });
}

const rejectedIn = ({ rejected }: Admission) => [...rejected.keys()];

beforeEach(() => {
  happened = [];
  isRecent = true;
  strict = new Set();
  strictBehindBarrier = new Set();
});

test('events of tenants without schemas are settled beside the barrier', async () => {
  await admissions().admit([anEvent('e1', 'ten_1', 0), anEvent('e2', 'ten_2', 1)]);
  expect(happened).toEqual(['2 settled', 'barrier']);
});

test('events of tenants with schemas are settled behind the barrier, under what is known there', async () => {
  strict = new Set(['ten_1', 'ten_2']);
  strictBehindBarrier = new Set(['ten_2']);
  const admission = await admissions().admit(['ten_1', 'ten_2', 'ten_3'].map((id, at) => anEvent('e', id, at)));
  expect(happened).toEqual(['1 settled', 'barrier', '2 settled']);
  expect(rejectedIn(admission)).toEqual(['0/1']);
});

test('a configuration that was not confirmed for a while is not gone by', async () => {
  isRecent = false;
  strictBehindBarrier = new Set(['ten_1']);
  const admission = await admissions().admit([anEvent('e', 'ten_1', 0)]);
  expect(happened).toEqual(['barrier', '1 settled']);
  expect(rejectedIn(admission)).toEqual(['0/0']);
});

test('what the front door accepted is not checked again', async () => {
  strict = new Set(['ten_1']);
  strictBehindBarrier = strict;
  const accepted = { [ACCEPTED_AT_HEADER]: FIXED_NOW };
  const admission = await admissions().admit([anEvent('e1', 'ten_1', 0, accepted), anEvent('e2', 'ten_1', 1)]);
  expect(rejectedIn(admission)).toEqual(['0/1']);
});
