import { once } from 'node:events';
import { Writable } from 'node:stream';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it, vi } from 'vitest';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { fakeStores } from '../projection/audit.store.fake.js';
import { writeBatches } from '../projection/write-batches.js';
import { CatchUp } from './catch-up.js';
import { BUFFER_MAX_BYTES, HEARTBEAT_INTERVAL_MS } from './tail.bounds.js';
import { decodeTailCursor, endOf, type TailPosition } from './tail-position.js';
import { TailStream } from './tail-stream.js';

const LARGE = 'x'.repeat(64 * 1024);

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

  it('is cut after its time where it was ended, so that its place is free again', async () => {
    const silent = new Writable({ write: () => {} });
    const reader = { tenantId: 'ten_1', filters: {}, stillAllowed: async () => true };
    const stream = new TailStream(reader, silent, endOf(0), () => performance.now(), 20);
    const closed = new Promise<void>((resolve) => stream.onClose(resolve));
    stream.write('x');
    stream.end();
    await closed;
    expect(silent.destroyed).toBe(true);
  });

  it('is not read for any more once it was ended', async () => {
    const { tail } = fakeStores();
    const silent = new Writable({ write: () => {} });
    const reader = { tenantId: 'ten_1', filters: {}, stillAllowed: async () => true };
    const stream = new TailStream(reader, silent, endOf(0), () => performance.now());
    stream.write('x');
    stream.end();
    const behind = vi.spyOn(tail, 'behind');
    expect(await new CatchUp(tail, () => 0).run(stream, 1)).toBe('closed');
    expect(behind).not.toHaveBeenCalled();
    stream.cut();
  });
});

describe('a stream whose reader is slow', () => {
  it('is shown each row once and in order, though what it did not take at once is read again', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `e${String(n).padStart(2, '0')}`);
    const stores = fakeStores();
    for (const id of ids) {
      const attempt = sampleAttempt(aDelivery({ event: { tenantId: 'ten_1', id } }), { errorDetail: LARGE });
      await writeBatches(stores.projections, [
        { topic: 'attempts', records: [received(journalRecord(attempt, 'in', 'out'), 0)] },
      ]);
    }
    let text = '';
    const slow = new Writable({
      write: (chunk, _, done) => {
        text += chunk;
        setImmediate(done);
      },
    });
    const limits: number[] = [];
    const counting = {
      ...{ horizon: () => stores.tail.horizon(), hasMoreThan: async () => false },
      behind: (tenants: readonly string[], after: TailPosition, until: number, limit: number) => {
        limits.push(limit);
        return stores.tail.behind(tenants, after, until, limit);
      },
    };
    const reader = { tenantId: 'ten_1', filters: {}, stillAllowed: async () => true };
    const stream = new TailStream(reader, slow, endOf(0), () => performance.now());
    expect(await new CatchUp(counting, () => 0).run(stream, ids.length)).toBe('done');
    slow.end();
    await once(slow, 'finish');
    expect([...text.matchAll(/"eventId":"(e\d\d)"/g)].map(([, id]) => id)).toEqual(ids);
    expect(stream.position).toEqual(endOf(ids.length));
    expect(limits.length).toBeGreaterThan(2);
    expect(Math.max(...limits.slice(1))).toBeLessThanOrEqual(10);
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
