import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { FAILED, journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { fakeStores } from '../projection/audit.store.fake.js';
import { writeBatches } from '../projection/write-batches.js';
import { isFound } from './event-log-search.js';

const INTEGRATION = 'int_01kxyzabcdefghjkmnpqrstvwx';
const delivery = aDelivery({ event: { id: 'Order-77', type: 'Device.compliant' }, integrationId: INTEGRATION });
const failed = sampleAttempt(delivery, {
  ...FAILED,
  error: 'connect',
  errorDetail: 'connect ECONNREFUSED 192.0.2.7:443',
});
const stores = fakeStores();
await writeBatches(stores.projections, [{ topic: 'attempts', records: [received(journalRecord(failed), 0)] }]);
const [line] = (await stores.eventLog.list('ten_1', {}, { limit: 1, after: null })).rows;
if (!line) throw new Error('one was written');
const { deliveryId, attemptId, traceId } = line;

describe('what a search finds', () => {
  it.each([
    ['an attempt by its id', attemptId],
    ['its beginning', attemptId.slice(0, 12)],
    ['a delivery by its id, in whatever case', deliveryId.toUpperCase()],
    ['an integration by its beginning', INTEGRATION.slice(0, 9)],
    ['a trace by its whole id', traceId ?? ''],
    ['an event by its id as it was given', 'Order-77'],
    ['and by its beginning', 'Order'],
    ['a type by a part of it', 'e.comp'],
    ['in whatever case', 'dEVICE'],
    ['an error by a part of it', 'conn'],
    ["an error's text by a part of it", 'econnrefused 192'],
  ])('%s: %s', (_, q) => {
    expect(isFound(line, q)).toBe(true);
  });

  it.each([
    ['an id by its end', deliveryId.slice(8)],
    ['a trace by its beginning', traceId?.slice(0, 31) ?? ''],
    ['an event in another case than any it is looked for in', 'oRDER-77'],
    ['wildcards', 'Order%'],
    ['words of others', 'installed'],
  ])('not %s: %s', (_, q) => {
    expect(isFound(line, q)).toBe(false);
  });

  it('looks for what looks like an id of ours among ids alone', () => {
    const talkative = { ...line, errorDetail: 'no such thing as int_0000abcd' };
    expect(isFound(talkative, 'such thing as int_0000abcd')).toBe(true);
    expect(isFound(talkative, 'int_0000abcd')).toBe(false);
  });

  it('looks through as much of an error text as an index takes, by characters', () => {
    const long = { ...line, errorDetail: `${'🙂'.repeat(195)} needle` };
    expect(isFound(long, '🙂 need')).toBe(true);
    expect(isFound(long, 'needle')).toBe(false);
  });

  it('finds a batch by any of its deliveries, events and types', () => {
    const members = {
      deliveryIds: [deliveryId, 'dlv_other'],
      eventIds: ['Order-77', 'evt_other'],
      eventTypes: ['a', 'b.other'],
    };
    for (const q of ['dlv_other', 'EVT_OTHER', 'B.OTH']) expect(isFound({ ...line, ...members }, q), q).toBe(true);
  });
});
