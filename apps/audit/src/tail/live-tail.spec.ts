import { Writable } from 'node:stream';
import type { ProblemError } from '@hookstile/service-runtime';
import { aDelivery, until } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { fakeStores } from '../projection/audit.store.fake.js';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { writeBatches } from '../projection/write-batches.js';
import { LiveTail, type TailRequest } from './live-tail.js';
import { BUFFER_MAX_BYTES, RESUME_MAX_AGE_MS, STREAMS_PER_TENANT_MAX } from './tail.bounds.js';
import { FakeTailStore } from './tail.store.fake.js';
import { decodeTailCursor } from './tail-position.js';

const TENANT = 'ten_1';
const LARGE = 'x'.repeat(64 * 1024);

/** A reader that keeps what it was sent, and may stop taking it. */
class Reader extends Writable {
  text = '';
  stalled: (() => void) | null = null;
  stall = false;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    if (this.stall) this.stalled = done;
    else done();
  }

  go(): void {
    this.stall = false;
    this.stalled?.();
  }

  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.+)$/gm)].map((match) => match[1] ?? '');
  }

  get events(): string[] {
    return [...this.text.matchAll(/^event: attempt\ndata: (.+)$/gm)].map((match) => JSON.parse(match[1] ?? '').eventId);
  }
}

describe('the live tail', () => {
  const ended: string[] = [];
  let nowMs: number;
  let projections: FakeProjectionStore;
  let store: FakeTailStore;
  let tail: LiveTail;

  const made = () => {
    const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
    const metrics = { observe: () => () => {}, ended: (reason: string) => ended.push(reason) };
    return new LiveTail(store, clock, pino({ level: 'silent' }), metrics);
  };

  beforeEach(() => {
    ended.length = 0;
    nowMs = Date.parse('2026-01-02T03:04:05.000Z');
    const stores = fakeStores();
    projections = stores.projections as FakeProjectionStore;
    store = stores.tail as FakeTailStore;
    tail = made();
  });
  afterEach(() => tail.stop());

  async function flush(ids: readonly string[], tenantId = TENANT, error: string | null = null): Promise<void> {
    const records = ids.map((id, n) => {
      const attempt = sampleAttempt(aDelivery({ event: { tenantId, id } }), { errorDetail: error });
      return received(journalRecord(attempt, 'in', 'out'), n);
    });
    await writeBatches(projections, [{ topic: 'attempts', records }]);
  }

  async function open(given: Partial<TailRequest> = {}): Promise<Reader> {
    const reader = new Reader();
    const request = { tenantId: TENANT, filters: {}, cursor: null, stillAllowed: async () => true };
    await tail.open({ ...request, begin: () => reader, ...given });
    return reader;
  }

  it("shows what comes from now on, of the reader's tenant and by its filters, in the order of flushes", async () => {
    await flush(['before']);
    const [all, one] = [await open(), await open({ filters: { eventId: 'b' } })];
    await flush(['a', 'b']);
    await flush(['foreign'], 'ten_2');
    await flush(['c']);
    await until(() => all.events.includes('c'));
    expect(new Set(all.events)).toEqual(new Set(['a', 'b', 'c']));
    expect(one.events).toEqual(['b']);
  });

  it('goes on at any id it gave out, at another process too, without loss or repeat', async () => {
    const first = await open();
    await flush(['a', 'b', 'c']);
    await until(() => first.events.length === 3);
    for (const [n, id] of first.ids.entries()) {
      await flush([`meanwhile_${n}`]);
      const other = made();
      const resumed = new Reader();
      const request = { tenantId: TENANT, filters: {}, stillAllowed: async () => true };
      await other.open({ ...request, cursor: decodeTailCursor(id), begin: () => resumed });
      await until(() => resumed.events.includes(`meanwhile_${n}`));
      const missed = Array.from({ length: n + 1 }, (_, m) => `meanwhile_${m}`);
      expect(resumed.events).toEqual([...first.events.slice(0, 3).slice(n), ...missed]);
      await other.stop();
    }
  });

  it('shows nothing that a flush under way may still come before', async () => {
    const reader = await open();
    store.underWay = 1;
    await flush(['waits']);
    await until(() => projections.flushes === 1);
    store.underWay = null;
    await until(() => reader.events.length === 1);
  });

  it('begins with a gap where an id is too old, or of a database that this is not', async () => {
    const [id = ''] = (await open()).ids;
    nowMs += RESUME_MAX_AGE_MS + 1;
    const late = await open({ cursor: decodeTailCursor(id) });
    await until(() => late.text.includes('event: gap'));
    expect(late.text).toContain('{"reason":"too_old","since":"2026-01-02T03:04:05.000Z"}');
    const unknown = await open({ cursor: { position: { flush: 99, row: null }, issuedAtMs: nowMs } });
    expect(unknown.text).toContain('"reason":"unknown"');
  });

  it('ends where the database was restored under it, so that its reader comes back and is told of the gap', async () => {
    const reader = await open();
    await flush(['a']);
    await flush(['b']);
    await until(() => reader.events.length === 2);
    store.underWay = 2;
    await until(() => reader.writableFinished);
    expect(ended).toEqual(['restored']);
    const back = await open({ cursor: decodeTailCursor(reader.ids.at(-1) ?? '') });
    expect(back.text).toContain('"reason":"unknown"');
  });

  it('keeps no more for a reader than its bound, and loses nothing of what it takes later', async () => {
    const reader = await open();
    await flush(['first']);
    await until(() => reader.events.length === 1);
    reader.stall = true;
    const ids = Array.from({ length: 60 }, (_, n) => `e${String(n).padStart(2, '0')}`);
    for (const id of ids) await flush([id], TENANT, LARGE);
    await until(() => reader.writableLength > BUFFER_MAX_BYTES);
    const other = await open();
    await flush(['last']);
    await until(() => other.events.includes('last'));
    expect(reader.writableLength).toBeLessThan(BUFFER_MAX_BYTES + 2 * LARGE.length);
    reader.go();
    await until(() => reader.events.includes('last'));
    expect(reader.events).toEqual(['first', ...ids, 'last']);
  });

  it('has a bound on the streams of a tenant, and a place is free again when one ends', async () => {
    const readers = await Promise.all(Array.from({ length: STREAMS_PER_TENANT_MAX }, () => open()));
    await expect(open()).rejects.toMatchObject({ code: 'rate_limited' } satisfies Partial<ProblemError>);
    await open({ tenantId: 'ten_2' });
    readers[0]?.destroy();
    await until(() =>
      open().then(
        () => true,
        () => false,
      ),
    );
  });

  it('ends in order where the key is no longer valid, and where the process stops', async () => {
    let allowed = true;
    const [revoked, other] = [await open({ stillAllowed: async () => allowed }), await open()];
    allowed = false;
    await until(() => revoked.writableFinished);
    expect(other.writableEnded).toBe(false);
    await tail.stop();
    expect(other.writableEnded).toBe(true);
    await expect(open()).rejects.toMatchObject({ code: 'unavailable' });
    expect(ended).toEqual(['key']);
  });
});
