import { type DeliveryEnvelope, deliveriesV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { aDelivery } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noHistory } from '../journal/journal-history.js';
import type { LaneRunner } from '../lanes/lane-runner.js';
import { PartitionProgress } from '../lanes/partition-progress.js';
import { DeliveryIntake, type IntakeOptions } from './delivery-intake.js';

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
}

let lanes: TakenIn;
let paused: boolean;
let soughtOffsets: number[];

beforeEach(() => {
  vi.useFakeTimers();
  lanes = new TakenIn();
  paused = false;
  soughtOffsets = [];
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
    seek: (offset) => soughtOffsets.push(offset),
    pause: (value) => {
      paused = value;
    },
    ...overrides,
  });

function record(
  offset: number,
  overrides: { sourceOffset?: number; integrationVersion?: number } = {},
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

  it('pauses its partition while the configuration is behind, and says so when that lasts', async () => {
    let answer = (): Promise<void> => new Promise(() => {});
    const intake = intakeOf({ catchUp: () => answer() });
    intake.push([record(0), record(1, { integrationVersion: 2 }), record(2)]);
    expect([lanes.enqueued, paused, intake.problem]).toEqual([[0], true, null]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect([lanes.enqueued, intake.problem]).toEqual([[0], expect.stringContaining('ahead of the configuration')]);
    answer = async () => {};
    await vi.advanceTimersByTimeAsync(6_000);
    expect([lanes.enqueued, paused, intake.problem]).toEqual([[0, 1, 2], false, null]);
  });
});
