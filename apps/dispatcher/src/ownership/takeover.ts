import { attemptsV1, type IntegrationConfiguration, type IntegrationSignal } from '@hookstile/contracts';
import type { Messaging } from '@hookstile/messaging';
import type { Clock } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { Checkpoint } from '../journal/checkpoint.js';
import { type JournalHistory, nextTryOf, noHistory, rememberRecord } from '../journal/journal-history.js';
import { type FailureRun, foldAttempt, noFailures } from '../lanes/failure-run.js';
import { signalsOf } from '../lanes/failure-signals.js';
import type { LaneStore, LaneWrite, StoredPartition } from '../lanes/lane.store.js';
import type { PushVerdict } from '../lanes/retry-policy.js';
import type { AttemptsPublisher } from '../publishes/attempts.publisher.js';
import type { LeaseTaken } from './lease.store.js';

export interface TakeoverOptions {
  messaging: Messaging;
  journal: AttemptsPublisher;
  store: LaneStore;
  clock: Clock;
  logger: Logger;
  owner: string;
  topics: { deliveries: string; attempts: string };
  integration(id: string): IntegrationConfiguration | undefined;
  /** Resolves once everything that was acknowledged before is known. */
  catchUp(): Promise<void>;
}

/** Everything that a new owner must know before it decides the first record. */
export interface TakenOver {
  readonly checkpoint: Checkpoint;
  readonly history: JournalHistory;
  /** How many rows each integration has. */
  readonly stored: ReadonlyMap<string, number>;
  /** Offsets behind the checkpoint whose delivery is a row. */
  readonly rows: ReadonlySet<number>;
  readonly runs: ReadonlyMap<string, FailureRun>;
  /** In the outbox, not known to be published. */
  readonly signals: readonly IntegrationSignal[];
}

/**
 * Nobody may go on with the partition as if what cannot be read had not been there: retention or a lost topic took it
 * (`log_truncated`), a newer release wrote it (`journal_too_new`), or nobody can tell where to begin
 * (`checkpoint_unreadable`).
 */
export class UnreadableLogError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'checkpoint_unreadable' | 'log_truncated' | 'journal_too_new',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Takes a partition over: writes the epoch's marker, reads the journal from the checkpoint up to it, loads rows and
 * counts, and brings rows and counts up to what the journal says. Throws `UnreadableLogError`, or what the broker or
 * Postgres say.
 */
export async function takeOver(options: TakeoverOptions, taken: LeaseTaken): Promise<TakenOver> {
  const checkpoint = readable(taken) ?? (await beginning(options, taken));
  await refuseTruncation(options, taken.partition, checkpoint);
  const markerOffset = await writeMarker(options, taken);
  // The former owner may have known a newer configuration: rows of an integration unknown here would be discarded.
  await options.catchUp();
  const history = await readJournal(options, taken.partition, checkpoint, markerOffset);
  const stored = await options.store.partition(taken.partition);
  const { runs, signals, writes } = foldHistory(options, taken, stored, history);
  writes.push(...rowWrites(taken, stored, history));
  if (writes.length > 0) await options.store.write(writes);
  const rows = new Set(await options.store.offsets(taken.partition, checkpoint.deliveriesOffset));
  return {
    checkpoint,
    history,
    stored: stored.rows,
    rows,
    runs,
    signals: [...stored.signals.map(({ signal }) => signal), ...signals],
  };
}

function readable({ partition, checkpoint }: LeaseTaken): Checkpoint | null {
  if (checkpoint !== 'unreadable') return checkpoint;
  throw new UnreadableLogError('checkpoint_unreadable', `the stored checkpoint of partition ${partition} is none`);
}

async function readJournal(
  { messaging, topics, logger }: TakeoverOptions,
  partition: number,
  { journalOffset, journalEpoch }: Checkpoint,
  markerOffset: number,
): Promise<JournalHistory> {
  const history = noHistory(journalEpoch);
  let tooNew: string | null = null;
  await messaging.readRange({
    topic: topics.attempts,
    partition,
    from: journalOffset,
    to: markerOffset,
    onRecords: (records) => {
      for (const record of records) {
        const decoded = attemptsV1.decode(record);
        if (decoded.outcome === 'decoded') rememberRecord(history, decoded.value.envelope);
        else if (decoded.outcome === 'unknown-version') tooNew ??= `${decoded.version} at ${record.offset}`;
        else
          logger.error({ partition, offset: record.offset, detail: decoded.detail }, 'a journal record is malformed');
      }
    },
  });
  if (tooNew === null) return history;
  throw new UnreadableLogError('journal_too_new', `the journal of partition ${partition} holds ${tooNew}`);
}

async function beginning({ messaging, topics }: TakeoverOptions, { partition }: LeaseTaken): Promise<Checkpoint> {
  const [deliveriesOffset, journalOffset] = await Promise.all([
    messaging.startOffset({ topic: topics.deliveries, partition }),
    messaging.startOffset({ topic: topics.attempts, partition }),
  ]);
  // Of no epoch: an owner who died before its first checkpoint has journaled under one, and that counts.
  return { epoch: 0, deliveriesOffset, journalOffset, journalEpoch: 0, marks: new Map() };
}

async function refuseTruncation(options: TakeoverOptions, partition: number, checkpoint: Checkpoint): Promise<void> {
  const { messaging, topics } = options;
  const [deliveries, journal] = await Promise.all([
    messaging.startOffset({ topic: topics.deliveries, partition }),
    messaging.startOffset({ topic: topics.attempts, partition }),
  ]);
  if (deliveries > checkpoint.deliveriesOffset || journal > checkpoint.journalOffset) {
    throw new UnreadableLogError(
      'log_truncated',
      `partition ${partition} begins at ${deliveries} (journal ${journal}), behind the checkpoint at ` +
        `${checkpoint.deliveriesOffset} (journal ${checkpoint.journalOffset})`,
    );
  }
}

function writeMarker({ journal, clock, owner }: TakeoverOptions, { partition, epoch }: LeaseTaken): Promise<number> {
  const envelope = { kind: 'epoch', epoch, owner, at: new Date(clock.nowMs()).toISOString() } as const;
  return new Promise((resolve) => journal.append(partition, { envelope, bytes: Buffer.alloc(0) }, resolve));
}

/** What the journal says beyond the stored counts is counted now, so that a threshold survives a crash. */
function foldHistory(
  { integration, clock }: TakeoverOptions,
  { partition, epoch }: LeaseTaken,
  stored: StoredPartition,
  history: JournalHistory,
): { runs: Map<string, FailureRun>; signals: IntegrationSignal[]; writes: LaneWrite[] } {
  const runs = new Map(stored.runs);
  const signals: IntegrationSignal[] = [];
  const writes: LaneWrite[] = [];
  for (const record of history.attempts) {
    const { integrationId, tenantId, sequence } = record;
    const configuration = integration(integrationId);
    const before = runs.get(integrationId) ?? noFailures(record.enablement ?? 0);
    if (configuration === undefined || sequence <= before.sequence) continue;
    const verdict: PushVerdict = record.push === 'pending' ? nextTryOf(record) : record.push;
    // Rows hold whole milliseconds, durations do not.
    const endedAtMs = Math.round(Date.parse(record.at) + record.durationMs);
    const rules = { settings: configuration.settings, enablement: record.enablement ?? configuration.enablement };
    const folded = foldAttempt(before, { verdict, httpStatus: record.httpStatus, endedAtMs, sequence }, rules);
    if (!folded.counted) continue;
    const { run } = folded;
    runs.set(integrationId, run);
    const said = signalsOf(folded.signals, { tenantId, integrationId, run, sequence, nowMs: clock.nowMs() });
    signals.push(...said);
    writes.push({ kind: 'run', fence: { partition, epoch }, integrationId, run, signals: said });
  }
  return { runs, signals, writes };
}

/**
 * Rows whose delivery ended, or failed once more, after they were written. Not only the first row of a lane: those
 * before the one that failed can have ended without being deleted yet.
 */
export function rowWrites(
  { partition, epoch }: LeaseTaken,
  { rows }: StoredPartition,
  history: JournalHistory,
): LaneWrite[] {
  const fence = { partition, epoch };
  const ended = Map.groupBy(history.ended, ([, integrationId]) => integrationId);
  const deletes = [...ended]
    .filter(([integrationId]) => rows.has(integrationId))
    .map(([integrationId, those]): LaneWrite => {
      return { kind: 'delete', fence, integrationId, offsets: those.map(([offset]) => offset) };
    });
  const failed = [...history.next].filter(
    ([offset, { integrationId }]) => rows.has(integrationId) && !history.ended.has(offset),
  );
  const retries = failed.map(([offset, next]): LaneWrite => {
    return { kind: 'retry', fence, integrationId: next.integrationId, offset, next };
  });
  return [...deletes, ...retries];
}
