import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ProblemError, systemClock } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import type { PageRequest } from '../read/list-page.js';
import { CHUNK_BYTES, EXPORT_PLACES, PAGE_MAX_ROWS } from './export.bounds.js';
import { type ExportReader, Exports } from './exports.js';
import { FakeSnapshotStore } from './snapshot.store.fake.js';

const ROWS = 3_000;
const rowsBehind = ({ limit, after }: PageRequest) => {
  const from = after ? Number(after.key) : ROWS;
  return Array.from({ length: Math.min(limit + 1, from) }, (_, n) => from - 1 - n);
};
const ALL = Array.from({ length: ROWS }, (_, n) => ROWS - 1 - n);

describe('an export', () => {
  let ends: string[];
  let broken: number;
  let snapshots: FakeSnapshotStore;
  let exports: Exports;
  let nowMs: number;
  const bounds = { stallTimeoutMs: 200, maxMs: 60_000 };

  const made = (given = bounds) => {
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const metrics = { observe: () => () => {}, ended: (end: string) => ends.push(end) };
    return new Exports(snapshots, clock, pino({ level: 'silent' }), metrics, given);
  };

  beforeEach(() => {
    ends = [];
    broken = 0;
    nowMs = 0;
    snapshots = new FakeSnapshotStore(new FakeProjectionStore());
    exports = made();
  });
  afterEach(() => exports.stop());

  const reader = (given: Partial<ExportReader> = {}): ExportReader => ({
    tenantId: 'ten_1',
    stillAllowed: async () => true,
    breakOff: () => {
      broken += 1;
    },
    onGone: () => {},
    ...given,
  });
  const source = (read: (page: PageRequest) => Promise<number[]>, line = (row: number) => `${row}\n`) => ({
    name: 'numbers',
    beginning: '',
    lineOf: line,
    of: () => ({
      read: async (page: PageRequest) => ({ rows: await read(page), stoppedAt: null }),
      positionOf: (row: number) => ({ atMs: 0, key: String(row) }),
    }),
  });
  const numbers = source(async (page) => rowsBehind(page));
  const large = source(
    async (page) => rowsBehind(page),
    (row) => `${row} ${'x'.repeat(1_000)}\n`,
  );
  const ended = (end: string) => until(() => ends.includes(end) && snapshots.held.size === 0);

  it('has each row of the list once and in its order, however many pages it takes', async () => {
    const whole = await text(await exports.open(numbers, reader()));
    expect(whole.trimEnd().split('\n').map(Number)).toEqual(ALL);
    await ended('done');
    expect(broken).toBe(0);
  });

  it('goes on where the store gave up looking, until it has looked through all', async () => {
    const looking = {
      ...numbers,
      of: () => ({
        positionOf: (row: number) => ({ atMs: 0, key: String(row) }),
        read: async ({ after }: PageRequest) => {
          const from = after ? Number(after.key) : ROWS;
          const rows = from % 1_000 === 0 && from > 0 ? [from - 1] : [];
          return { rows, stoppedAt: from > 0 ? { atMs: 0, key: String(from - 500) } : null };
        },
      }),
    };
    expect(await text(await exports.open(looking, reader()))).toBe('2999\n1999\n999\n');
  });

  it('reads no further than its reader takes, and is cut where the reader takes nothing', async () => {
    let read = 0;
    const counting = source(
      async (page) => {
        read += 1;
        return rowsBehind(page);
      },
      (row) => `${row} ${'x'.repeat(CHUNK_BYTES)}\n`,
    );
    await exports.open(counting, reader());
    await ended('stalled');
    expect(read).toBeLessThanOrEqual(2);
    expect(broken).toBe(1);
  });

  it('is cut also where its reader takes all but the last, and holds no snapshot while it waits for that', async () => {
    const short = source(async ({ after }) => (after ? [] : [1, 0]));
    const stream = await exports.open(short, reader());
    stream.read(0);
    await until(() => stream.readableLength > 0);
    await until(() => snapshots.held.size === 0);
    expect(ends).toEqual([]);
    await ended('stalled');
    expect(broken).toBe(1);
  });

  it('breaks off where a page fails in the middle, so that what came is not taken for all', async () => {
    const failing = source(async (page) => {
      if (page.after) throw new Error('gone');
      return rowsBehind(page);
    });
    await expect(text(await exports.open(failing, reader()))).rejects.toThrow('gone');
    await ended('failed');
    expect(broken).toBe(1);
  });

  it('rejects where its first page fails, and holds nothing from then on', async () => {
    const failing = source(() => Promise.reject(new Error('away')));
    for (let n = 0; n <= EXPORT_PLACES.max; n += 1) {
      await expect(exports.open(failing, reader())).rejects.toThrow('away');
    }
    expect([snapshots.held.size, broken]).toEqual([0, 0]);
  });

  it('ends when its reader goes, also while a page is being read', async () => {
    let go = (): unknown => undefined;
    const onGone = (gone: () => unknown) => {
      go = gone;
    };
    const hanging = source((page) => (page.after ? new Promise(() => {}) : Promise.resolve(rowsBehind(page))));
    const stream = await exports.open(hanging, reader({ onGone }));
    stream.resume();
    await until(() => stream.readableLength === 0);
    go();
    await ended('left');
    expect(broken).toBe(0);
  });

  it('ends when its reader goes before the first page has come', async () => {
    let go: (() => unknown) | null = null;
    const onGone = (gone: () => unknown) => {
      go = gone;
    };
    const hanging = source(() => new Promise(() => {}));
    void exports.open(hanging, reader({ onGone })).catch(() => undefined);
    await until(() => go !== null && snapshots.held.size === 1);
    (go as unknown as () => unknown)();
    await until(() => snapshots.held.size === 0);
  });

  it('has a bound on how many there are, of a tenant and of all, and a place is free again when one ends', async () => {
    const open = (tenantId: string): Promise<Readable> => exports.open(large, reader({ tenantId }));
    const first = await open('ten_1');
    for (let n = 1; n < EXPORT_PLACES.perTenantMax; n += 1) await open('ten_1');
    await expect(open('ten_1')).rejects.toMatchObject({ code: 'rate_limited' } satisfies Partial<ProblemError>);
    for (let n = EXPORT_PLACES.perTenantMax; n < EXPORT_PLACES.max; n += 1) await open(`ten_${n}`);
    await expect(open('ten_other')).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: expect.any(Number),
    });
    first.destroy();
    await until(() => ends.includes('left'));
    await text(await open('ten_1'));
  });

  it('is cut when its key is no longer valid, when it takes too long, and when the process stops', async () => {
    const revoked = await exports.open(large, reader({ stillAllowed: async () => false }));
    revoked.on('data', () => {
      nowMs += 600;
    });
    await ended('key');
    const endless = made({ ...bounds, maxMs: 50 });
    await endless.open(large, reader());
    await ended('too_long');
    await exports.open(large, reader());
    exports.stop();
    await ended('stopping');
    await expect(exports.open(large, reader())).rejects.toMatchObject({ code: 'unavailable' });
    expect(broken).toBe(3);
  });

  it('has no page beyond what its list takes, so that large rows behind many small ones take no memory', async () => {
    const limits: number[] = [];
    const read = async (page: PageRequest) => {
      limits.push(page.limit);
      return rowsBehind(page);
    };
    const bounded = { ...numbers, of: () => ({ ...source(read).of(), pageMaxRows: 20 }) };
    expect((await text(await exports.open(bounded, reader()))).trimEnd().split('\n').map(Number)).toEqual(ALL);
    expect(Math.max(...limits)).toBe(20);
  });

  it('has pages that shrink where rows are large', async () => {
    const limits: number[] = [];
    const growing = source(
      async (page) => {
        limits.push(page.limit);
        return rowsBehind(page);
      },
      (row) => `${row} ${'x'.repeat(row > ROWS / 2 ? 10 : 100_000)}\n`,
    );
    await exports.open(growing, reader()).then((stream) => stream.on('data', () => undefined));
    await ended('done');
    expect(Math.max(...limits)).toBe(PAGE_MAX_ROWS);
    expect(limits.at(-1)).toBeLessThan(20);
  });
});
