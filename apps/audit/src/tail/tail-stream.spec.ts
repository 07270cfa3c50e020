import { Writable } from 'node:stream';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { fakeStores } from '../projection/audit.store.fake.js';
import { writeBatches } from '../projection/write-batches.js';
import { CatchUp } from './catch-up.js';
import { BUFFER_MAX_BYTES, HEARTBEAT_INTERVAL_MS } from './tail.bounds.js';
import { decodeTailCursor, endOf } from './tail-position.js';
import { TailStream } from './tail-stream.js';

describe('a stream whose reader takes nothing', () => {
  it('is given up after its time', async () => {
    const stores = fakeStores();
    const attempt = sampleAttempt(aDelivery({ event: { tenantId: 'ten_1' } }));
    const records = [received(journalRecord(attempt, 'in', 'out'), 0)];
    await writeBatches(stores.projections, [{ topic: 'attempts', records }]);
    const silent = new Writable({ write: () => {} });
    const reader = { tenantId: 'ten_1', filters: {}, stillAllowed: async () => true };
    const stream = new TailStream(reader, silent, endOf(0), () => performance.now(), 20);
    stream.write('x'.repeat(BUFFER_MAX_BYTES));
    expect(await new CatchUp(stores.tail, () => 0).run(stream, 1)).toBe('slow');
  });
});

describe('a stream that has nothing to say', () => {
  it('says so after a while, with an id to go on at, and not before', () => {
    let [text, monotonicMs] = ['', 0];
    const out = new Writable({
      write: (chunk, _, done) => {
        text += chunk;
        done();
      },
    });
    const reader = { tenantId: 'ten_1', filters: {}, stillAllowed: async () => true };
    const stream = new TailStream(reader, out, endOf(7), () => monotonicMs);
    monotonicMs = HEARTBEAT_INTERVAL_MS - 1;
    stream.heartbeatWhenSilent(5);
    expect(text).toBe('');
    monotonicMs += 1;
    stream.heartbeatWhenSilent(5);
    const [comment, id = ''] = text.split('\n');
    expect(comment).toMatch(/^: /);
    expect(decodeTailCursor(id.replace('id: ', ''))).toEqual({ position: endOf(7), issuedAtMs: 5 });
    monotonicMs += HEARTBEAT_INTERVAL_MS - 1;
    stream.heartbeatWhenSilent(5);
    expect(text.match(/^:/gm)).toHaveLength(1);
  });
});
