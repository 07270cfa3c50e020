import { attemptsV1, type IntegrationConfiguration, type JournalEnvelope } from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { anIntegration, FIXED_NOW } from '@hookstile/testing';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { anAttemptRecord } from '../journal/attempt-record.fake.js';
import type { Checkpoint } from '../journal/checkpoint.js';
import { noFailures } from '../lanes/failure-run.js';
import { FakeLaneStore } from '../lanes/lane.store.fake.js';
import type { LaneDelivery } from '../lanes/lane.store.js';
import { aLaneDelivery } from '../lanes/lane-delivery.fake.js';
import { AttemptsPublisher } from '../publishes/attempts.publisher.js';
import { takeOver } from './takeover.js';

const topics = { deliveries: 'deliveries', attempts: 'attempts' };
const logger = pino({ level: 'silent' });
const clock = { nowMs: () => Date.parse(FIXED_NOW), monotonicMs: () => 0 };
const lane = { partition: 0, integrationId: 'int_1', key: 'main' };
const epoch1 = { partition: 0, epoch: 1 };
const integration: IntegrationConfiguration = anIntegration({
  enablement: 1,
  settings: { disableAfter: 3, disableAfterMs: null },
});

let messaging: FakeMessaging;
let store: FakeLaneStore;

const row = (offset: number): LaneDelivery => aLaneDelivery({ offset });

const failedPush = (offset: number, sequence: number, consecutiveFailures: number) =>
  anAttemptRecord({ offset, sequence, consecutiveFailures, push: 'failed', outcome: 'failed', httpStatus: 500 });

beforeEach(async () => {
  messaging = new FakeMessaging();
  store = new FakeLaneStore(new Map([[0, 1]]));
  await messaging.createTopics([
    { name: topics.deliveries, partitions: 1 },
    { name: topics.attempts, partitions: 1 },
  ]);
});

interface Crash {
  checkpoint?: Partial<Checkpoint> | null | 'unreadable';
  integration?: () => IntegrationConfiguration | undefined;
  catchUp?: () => Promise<void>;
}

async function afterCrash(records: JournalEnvelope[], crash: Crash = {}) {
  const { checkpoint = {} } = crash;
  const publisher = await messaging.publisher({ name: 'test' });
  const encoded = records.map((envelope) => attemptsV1.encode('k', { envelope, bytes: Buffer.alloc(0) }));
  await publisher.publish(encoded.map((record) => ({ ...record, topic: topics.attempts, partition: 0 })));
  store.epochs.set(0, 2);
  const journal = new AttemptsPublisher(publisher, topics.attempts, logger);
  const owner = 'successor';
  return takeOver(
    {
      messaging,
      journal,
      store,
      clock,
      logger,
      owner,
      topics,
      integration: crash.integration ?? (() => integration),
      catchUp: crash.catchUp ?? (async () => {}),
    },
    {
      partition: 0,
      epoch: 2,
      checkpoint:
        typeof checkpoint === 'string' || checkpoint === null
          ? checkpoint
          : { epoch: 1, deliveriesOffset: 0, journalOffset: 0, journalEpoch: 1, marks: new Map(), ...checkpoint },
    },
  );
}

describe('a takeover', () => {
  it('counts what the journal has beyond the stored count, so that the threshold survives a crash', async () => {
    const run = { ...noFailures(1), consecutiveFailures: 2, failingSinceMs: 1, sequence: 2 };
    await store.write([{ kind: 'run', fence: epoch1, integrationId: 'int_1', run, signals: [] }]);
    const { runs, signals } = await afterCrash([failedPush(0, 1, 1), failedPush(1, 2, 2), failedPush(2, 3, 3)]);
    expect(runs.get('int_1')).toMatchObject({ consecutiveFailures: 3, stopped: 'consecutive_failures', sequence: 3 });
    expect(signals.map(({ type }) => type)).toEqual(['disable-requested']);
    const stored = await store.partition(0);
    expect([stored.runs.get('int_1')?.stopped, stored.signals.length]).toEqual(['consecutive_failures', 1]);
  });

  it('stores whole milliseconds, whatever the attempts took', async () => {
    const { runs } = await afterCrash([{ ...failedPush(0, 1, 1), durationMs: 3.4567 }]);
    expect(runs.get('int_1')?.failingSinceMs).toBe(Date.parse(FIXED_NOW) + 3);
  });

  it('folds nothing twice', async () => {
    const run = { ...noFailures(1), consecutiveFailures: 2, failingSinceMs: 1, sequence: 2 };
    await store.write([{ kind: 'run', fence: epoch1, integrationId: 'int_1', run, signals: [] }]);
    const { runs, signals } = await afterCrash([failedPush(0, 1, 1), failedPush(1, 2, 2)]);
    expect([runs.get('int_1'), signals]).toEqual([run, []]);
  });

  it('deletes the row of a delivery that ended, and knows which offsets are rows still', async () => {
    const park = { kind: 'park', fence: epoch1, lane, update: [], storedAtMs: 1 } as const;
    await store.write([{ ...park, insert: [row(0), row(1)] }]);
    const { rows } = await afterCrash([anAttemptRecord({ offset: 0 })]);
    expect(await store.lanes([lane])).toMatchObject([{ rows: 1, first: { offset: 1 } }]);
    expect([...rows]).toEqual([1]);
  });

  it('tells a row of the attempt that was journaled after it was written', async () => {
    await store.write([{ kind: 'park', fence: epoch1, lane, update: [], storedAtMs: 1, insert: [row(0)] }]);
    const pending = anAttemptRecord({
      offset: 0,
      push: 'pending',
      outcome: 'failed',
      nextAttemptAt: '2026-01-01T00:00:09.000Z',
    });
    await afterCrash([pending]);
    expect((await store.lanes([lane]))[0]?.first).toMatchObject({
      attempt: 2,
      dueAtMs: Date.parse('2026-01-01T00:00:09.000Z'),
    });
  });

  it('tells a row behind one that ended of the attempt that was journaled for it', async () => {
    const park = { kind: 'park', fence: epoch1, lane, update: [], storedAtMs: 1 } as const;
    await store.write([{ ...park, insert: [row(0), row(1), row(2)] }]);
    const nextAttemptAt = '2026-01-01T00:00:09.000Z';
    const pending = anAttemptRecord({ offset: 1, push: 'pending', outcome: 'failed', nextAttemptAt });
    await afterCrash([anAttemptRecord({ offset: 0 }), pending]);
    expect((await store.lanes([lane]))[0]).toMatchObject({
      rows: 2,
      first: { offset: 1, attempt: 2, dueAtMs: Date.parse(nextAttemptAt) },
    });
  });

  it('knows what an owner ended who died before its first checkpoint', async () => {
    const marker = { kind: 'epoch', epoch: 1, owner: 'first', at: FIXED_NOW } as const;
    const { history, runs } = await afterCrash([marker, anAttemptRecord({ offset: 0 }), failedPush(1, 2, 1)], {
      checkpoint: null,
    });
    expect([...history.ended.keys()]).toEqual([0, 1]);
    expect(runs.get('int_1')?.consecutiveFailures).toBe(1);
  });

  it('knows what ended under an epoch before the one that wrote the checkpoint', async () => {
    const marker = { kind: 'epoch', epoch: 2, owner: 'second', at: FIXED_NOW } as const;
    const late = anAttemptRecord({ offset: 2 });
    const { history } = await afterCrash([anAttemptRecord({ offset: 0 }), marker, late], {
      checkpoint: { epoch: 2, journalEpoch: 1 },
    });
    expect([...history.ended.keys()]).toEqual([0]);
  });

  it('counts under the configuration as it is now, not as far as this process happens to know it', async () => {
    let known: IntegrationConfiguration | undefined;
    const { runs } = await afterCrash([failedPush(0, 1, 1)], {
      integration: () => known,
      catchUp: async () => {
        known = integration;
      },
    });
    expect(runs.get('int_1')?.consecutiveFailures).toBe(1);
  });

  it('writes its marker before it reads, and reads up to it: what a stopped owner writes behind it never counts', async () => {
    const readRange = messaging.readRange.bind(messaging);
    messaging.readRange = async (range) => {
      const late = attemptsV1.encode('k', { envelope: anAttemptRecord({ offset: 5 }), bytes: Buffer.alloc(0) });
      messaging.append({ ...late, topic: topics.attempts, partition: 0 });
      await readRange(range);
    };
    const { history } = await afterCrash([anAttemptRecord({ offset: 0 })]);
    const kinds = messaging.records(topics.attempts).map((record) => {
      const decoded = attemptsV1.decode(record);
      return decoded.outcome === 'decoded' ? decoded.value.envelope.kind : decoded.outcome;
    });
    expect(kinds).toEqual(['attempt', 'epoch', 'attempt']);
    expect([...history.ended.keys()]).toEqual([0]);
  });

  it('refuses a checkpoint that cannot be read', async () => {
    await expect(afterCrash([], { checkpoint: 'unreadable' })).rejects.toMatchObject({ code: 'checkpoint_unreadable' });
  });

  it('refuses a log that begins behind the checkpoint', async () => {
    messaging.startOffset = async () => 5;
    await expect(afterCrash([])).rejects.toMatchObject({ code: 'log_truncated', retryable: false });
  });

  it('refuses a journal that a newer release wrote: what it does not understand may have ended', async () => {
    const publisher = await messaging.publisher({ name: 'newer' });
    const headers = { 'hookstile-contract': 'attempts/2' };
    const value = Buffer.from('{}');
    await publisher.publish([{ topic: topics.attempts, partition: 0, key: 'k', headers, value }]);
    await expect(afterCrash([])).rejects.toMatchObject({ code: 'journal_too_new', retryable: false });
  });
});
