import { type DeliveryEnvelope, deliveriesV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { aDelivery } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noHistory } from '../journal/journal-history.js';
import type { LaneRunner } from '../lanes/lane-runner.js';
import { PartitionProgress } from '../lanes/partition-progress.js';
import { DeliveryIntake, type IntakeOptions } from './delivery-intake.js';
import { AHEAD_MAX_COUNT, GAP_REREADS_MAX } from './intake.bounds.js';

/** What an intake gives to its partition's lanes. */
class TakenIn {
  readonly progress = new PartitionProgress({
    deliveriesOffset: 0,
    journalOffset: 0,
    journalEpoch: 0,
    marks: new Map(),
    historyThrough: -1,
  });
  readonly enqueued: number[] = [];
  readonly skipped: number[] = [];

  skip(offset: number, envelope: DeliveryEnvelope | null): void {
    this.progress.track(offset, envelope);
    this.skipped.push(offset);
  }

  enqueue({ offset, envelope }: { offset: number; envelope: DeliveryEnvelope }): void {
    this.progress.track(offset, envelope);
    this.enqueued.push(offset);
  }

  enqueueTracked({ offset }: { offset: number }): void {
    this.enqueued.push(offset);
  }

  readonly fence = { partition: 0, epoch: 1 };
}

let lanes: TakenIn;
let paused: boolean;
let soughtOffsets: number[];
let inMemory: { count: number; bytes: number };

beforeEach(() => {
  vi.useFakeTimers();
  lanes = new TakenIn();
  paused = false;
  soughtOffsets = [];
  inMemory = { count: 0, bytes: 0 };
});

afterEach(() => {
  vi.useRealTimers();
});

const intakeOf = (overrides: Partial<IntakeOptions> = {}) =>
  new DeliveryIntake({
    runner: lanes as unknown as LaneRunner,
    history: noHistory(0),
    rows: new Set(),
    marks: new Map(),
    logger: pino({ level: 'silent' }),
    nowMs: () => 0,
    versionOf: () => 1,
    catchUp: async () => {},
    memory: {
      change: (_partition, count, bytes) => {
        inMemory.count += count;
        inMemory.bytes += bytes;
      },
    },
    partition: 0,
    isInLog: async () => true,
    seek: (offset) => soughtOffsets.push(offset),
    pause: (value) => {
      paused = value;
    },
    ...overrides,
  });

function record(
  offset: number,
  overrides: {
    sourceOffset?: number;
    integrationVersion?: number;
    integrationId?: string;
    trigger?: 'event' | 'redelivery';
  } = {},
): ReceivedRecord {
  const delivery = aDelivery({ sourceOffset: offset, integrationVersion: 1, ...overrides });
  const { key, headers, value } = deliveriesV1.encode('int_1', delivery);
  const asBytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { topic: 'deliveries', partition: 0, offset, timestampMs: 0, key, headers: asBytes, value } as ReceivedRecord;
}

const withHeader = (from: ReceivedRecord, name: string, text: string): ReceivedRecord => ({
  ...from,
  headers: { ...from.headers, [name]: Buffer.from(text) },
});

describe('an intake', () => {
  it("drops a router's replay, and what is a row or has ended", () => {
    const history = noHistory(0);
    history.ended.set(2, 'int_1');
    const intake = intakeOf({ history, rows: new Set([3]) });
    intake.push([record(0), record(1, { sourceOffset: 0 }), record(2), record(3), record(4)]);
    expect([lanes.enqueued, lanes.skipped]).toEqual([
      [0, 4],
      [1, 2, 3],
    ]);
  });

  it('ignores what it has taken in already, as after a rejoin, also redeliveries, which are no replays', () => {
    const intake = intakeOf();
    const redelivered = [record(0, { trigger: 'redelivery' }), record(1, { trigger: 'redelivery' })];
    intake.push(redelivered);
    intake.push([...redelivered, record(2)]);
    expect([lanes.enqueued, lanes.skipped]).toEqual([[0, 1, 2], []]);
  });

  it('asks again for records that are missing before what came', () => {
    const intake = intakeOf();
    intake.push([record(0), record(2)]);
    expect([lanes.enqueued, soughtOffsets]).toEqual([[0], [1]]);
    intake.push([record(1), record(2)]);
    expect(lanes.enqueued).toEqual([0, 1, 2]);
  });

  it('goes on behind a delivery that cannot be read', () => {
    const intake = intakeOf();
    intake.push([withHeader(record(0), 'hookstile-envelope', '{'), record(1)]);
    expect([lanes.skipped, lanes.enqueued, intake.problem]).toEqual([[0], [1], null]);
  });

  it('stops at a delivery of a newer release, and says so', () => {
    const intake = intakeOf();
    intake.push([record(0), withHeader(record(1), 'hookstile-contract', 'deliveries/99'), record(2)]);
    expect([lanes.enqueued, lanes.skipped, paused]).toEqual([[0], [], true]);
    expect(intake.problem).toContain('newer release');
  });

  it('looks for what stays missing in the log, and goes on where it is there', async () => {
    const intake = intakeOf();
    for (let push = 0; push <= GAP_REREADS_MAX; push += 1) intake.push([record(1)]);
    await vi.advanceTimersByTimeAsync(0);
    expect([intake.problem, soughtOffsets]).toEqual([null, Array.from({ length: GAP_REREADS_MAX + 1 }, () => 0)]);
    intake.push([record(0), record(1)]);
    expect(lanes.enqueued).toEqual([0, 1]);
  });

  it('stops where the log does not hold what comes next, and skips nothing', async () => {
    const intake = intakeOf({ isInLog: async () => false });
    intake.push([record(0)]);
    for (let push = 0; push <= GAP_REREADS_MAX; push += 1) intake.push([record(2)]);
    await vi.advanceTimersByTimeAsync(0);
    intake.push([record(2)]);
    expect([lanes.enqueued, lanes.progress.nextOffset, paused]).toEqual([[0], 1, true]);
    expect(intake.problem).toContain('does not hold the delivery at 1');
  });

  it('asks for the log again while the broker does not say what it holds', async () => {
    let away = true;
    const intake = intakeOf({
      isInLog: async () => {
        if (away) throw new Error('away');
        return true;
      },
    });
    for (let push = 0; push <= GAP_REREADS_MAX; push += 1) intake.push([record(1)]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([intake.problem, soughtOffsets.length]).toEqual([null, GAP_REREADS_MAX]);
    away = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([intake.problem, soughtOffsets.length]).toEqual([null, GAP_REREADS_MAX + 1]);
  });

  it('lets only the lanes of an integration wait whose configuration is behind', async () => {
    const known = Promise.withResolvers<void>();
    let version = 1;
    const versionOf = (id: string) => (id === 'int_1' ? version : 1);
    const intake = intakeOf({ catchUp: () => known.promise, versionOf });
    const other = { integrationId: 'int_2' };
    intake.push([record(0), record(1, { integrationVersion: 2 }), record(2, other), record(3), record(4, other)]);
    expect([lanes.enqueued, lanes.progress.lowWater, paused]).toEqual([[0, 2, 4], 0, false]);
    expect(inMemory.count).toBe(2);
    version = 2;
    known.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([lanes.enqueued, inMemory.count]).toEqual([[0, 2, 4, 1, 3], 0]);
  });

  it('makes its partition wait where too many wait for their configuration, and nothing is lost then', async () => {
    const known = Promise.withResolvers<void>();
    let version = 1;
    const intake = intakeOf({ catchUp: () => known.promise, versionOf: () => version });
    const count = AHEAD_MAX_COUNT + 2;
    intake.push(Array.from({ length: count }, (_, offset) => record(offset, { integrationVersion: 2 })));
    expect([lanes.enqueued, paused, inMemory.count]).toEqual([[], true, AHEAD_MAX_COUNT]);
    version = 2;
    known.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([lanes.enqueued.length, paused]).toEqual([count, false]);
    expect(lanes.enqueued).toEqual(lanes.enqueued.toSorted((a, b) => a - b));
  });
});
