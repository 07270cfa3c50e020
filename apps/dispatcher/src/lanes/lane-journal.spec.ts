import { anIntegration } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { noFailures } from './failure-run.js';
import type { EndedAttempt, Lane } from './lane.js';
import type { LaneWrite } from './lane.store.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { LaneJournal } from './lane-journal.js';
import type { LaneServices } from './lane-services.js';
import { PartitionProgress } from './partition-progress.js';

const fence = { partition: 3, epoch: 7 };
const item = aLaneDelivery({ offset: 10 });

const failed: EndedAttempt = {
  attemptId: 'att_1_7_1',
  startedAtMs: 0,
  outcome: {
    outcome: 'failed',
    httpStatus: 500,
    error: 'http_status',
    errorDetail: null,
    retryAfterMs: null,
    durationMs: 1,
    traceId: null,
    retryable: true,
    request: { method: 'POST', url: 'https://example.com/', headers: [], body: Buffer.alloc(0), truncated: false },
    response: null,
  },
  verdict: { attempt: 2, dueAtMs: 500, exhaustedUnder: null },
  sequence: 1,
  run: noFailures(1),
  counted: true,
  signals: [],
};

let progress: PartitionProgress;
let journal: LaneJournal;
let lane: Lane;
let journalOffset: number;
let written: { write: LaneWrite; done: (stored: boolean) => void }[];
let acknowledged: number[];

beforeEach(() => {
  const beginning = { deliveriesOffset: 10, journalOffset: 20, journalEpoch: 7, marks: new Map(), historyThrough: -1 };
  progress = new PartitionProgress(beginning);
  progress.track(item.offset, item.envelope);
  written = [];
  acknowledged = [];
  // Behind the marker of the epoch.
  journalOffset = 21;
  const services = {
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    journal: {
      append: (_partition: number, _record: unknown, onOffset: (offset: number) => void) => onOffset(journalOffset++),
    },
    writer: { add: (write: LaneWrite, done: (stored: boolean) => void) => written.push({ write, done }) },
    sendSignals: () => {},
  } as unknown as LaneServices;
  journal = new LaneJournal({
    fence,
    services,
    progress,
    isOurs: () => true,
    onAcknowledged: (_lane, outcome) => acknowledged.push(outcome),
  });
  const gate = { free: () => {} };
  const integration = { id: 'int_1', tenantId: 'ten_1', sequence: 1, run: noFailures(1), gate };
  lane = {
    name: { partition: 3, integrationId: 'int_1', key: 'main' },
    integration: { ...integration, configuration: anIntegration() },
    ended: failed,
    due: null,
    needsAtStore: [],
  } as unknown as Lane;
});

describe('the end of an attempt', () => {
  it('goes into the journal, then into the counts, and only then the lane goes on', () => {
    journal.attempt(lane, 1, [item]);
    expect(written.map(({ write }) => write.kind)).toEqual(['run']);
    expect(acknowledged).toEqual([]);
    written[0]?.done(true);
    expect(acknowledged).toEqual([1]);
  });

  it('is needed of the journal until a row says when it is tried again, also where its offset is passed', () => {
    journal.attempt(lane, 1, [item]);
    written[0]?.done(true);
    progress.markDone(item.offset);
    expect(progress.checkpoint(7)).toMatchObject({ deliveriesOffset: 11, journalOffset: 21 });
    for (const need of lane.needsAtStore.splice(0)) progress.needs.release(need);
    expect(progress.checkpoint(7)).toMatchObject({ deliveriesOffset: 11, journalOffset: 22 });
  });
});
