import { aDelivery } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LaneDelivery } from '../lanes/lane.store.js';
import { AheadDeliveries } from './ahead-deliveries.js';
import { AHEAD_MAX_COUNT } from './intake.bounds.js';

let versions: Map<string, number>;
let catchUps: { resolve: () => void; reject: (error: Error) => void }[];
let released: number[];
let inMemory: { count: number; bytes: number };
let rooms: number;
let ahead: AheadDeliveries;

beforeEach(() => {
  vi.useFakeTimers();
  versions = new Map([['int_1', 1]]);
  catchUps = [];
  released = [];
  inMemory = { count: 0, bytes: 0 };
  rooms = 0;
  ahead = new AheadDeliveries({
    logger: pino({ level: 'silent' }),
    memory: {
      change: (_partition, count, bytes) => {
        inMemory.count += count;
        inMemory.bytes += bytes;
      },
    },
    partition: 0,
    versionOf: (id) => versions.get(id) ?? null,
    catchUp: () => {
      const { promise, ...settle } = Promise.withResolvers<void>();
      catchUps.push(settle);
      return promise;
    },
    release: ({ offset }) => released.push(offset),
    onRoom: () => {
      rooms += 1;
    },
  });
});

afterEach(() => {
  ahead.stop();
  vi.useRealTimers();
});

function hold(offset: number, version = 2, integrationId = 'int_1'): void {
  const { envelope, bytes } = aDelivery({ integrationId, integrationVersion: version });
  ahead.hold({ offset, version, bytes: bytes.length, envelope, data: bytes } as LaneDelivery);
}

async function caughtUp(): Promise<void> {
  catchUps.shift()?.resolve();
  await vi.advanceTimersByTimeAsync(0);
}

describe('deliveries that are ahead of the configuration', () => {
  it('are those of a higher version than is known, and those behind them of the same integration', () => {
    expect([ahead.isAhead('int_1', 1), ahead.isAhead('int_1', 2), ahead.isAhead('int_new', 1)]).toEqual([
      false,
      true,
      true,
    ]);
    hold(0);
    expect([ahead.isAhead('int_1', 1), ahead.isAhead('int_new', 1)]).toEqual([true, true]);
  });

  it('go to their lane in order once the configuration has been caught up with', async () => {
    hold(0);
    hold(1, 1);
    hold(2);
    expect([released, inMemory.count]).toEqual([[], 3]);
    versions.set('int_1', 2);
    await caughtUp();
    expect([released, inMemory, rooms]).toEqual([[0, 1, 2], { count: 0, bytes: 0 }, 1]);
  });

  it('do not wait for each other where they are of different integrations', async () => {
    hold(0);
    hold(1, 1, 'int_2');
    catchUps.pop()?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(released).toEqual([1]);
  });

  it('go to their lane, which discards them, where they are absent at an end read after their wait began', async () => {
    hold(0, 1, 'int_deleted');
    await caughtUp();
    expect(released).toEqual([0]);
  });

  it('wait for an end of their own where they came after it was asked for', async () => {
    hold(0);
    // Of a version that was not written yet when the end was asked for.
    versions.set('int_1', 2);
    await vi.advanceTimersByTimeAsync(0);
    hold(1, 3);
    catchUps.shift()?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([released, catchUps.length, ahead.isAhead('int_1', 1)]).toEqual([[0], 1, true]);
    versions.set('int_1', 3);
    await caughtUp();
    expect([released, ahead.isAhead('int_1', 3)]).toEqual([[0, 1], false]);
  });

  it('say so when the wait lasts, and ask again', async () => {
    hold(0);
    expect(ahead.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(ahead.problem).toContain('int_1');
    catchUps.pop()?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([released, ahead.problem]).toEqual([[0], null]);
  });

  it('are bounded', async () => {
    for (let offset = 0; offset < AHEAD_MAX_COUNT; offset += 1) hold(offset);
    expect(ahead.isFull).toBe(true);
    versions.set('int_1', 2);
    await caughtUp();
    expect([ahead.isFull, rooms]).toEqual([false, 1]);
  });

  it('are forgotten, and free their memory, when the partition goes', async () => {
    hold(0);
    ahead.stop();
    versions.set('int_1', 2);
    await caughtUp();
    expect([released, inMemory.count]).toEqual([[], 0]);
  });
});
