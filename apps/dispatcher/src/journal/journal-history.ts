import type { AttemptRecord, JournalEnvelope } from '@hookstile/contracts';
import type { RetryAt } from '../lanes/lane.types.js';

export interface NextAttempt extends RetryAt {
  readonly integrationId: string;
}

/** What a new owner learns from the journal between the checkpoint and its own marker. */
export interface JournalHistory {
  /** Deliveries that ended, by offset, with their integration. */
  readonly ended: Map<number, string>;
  /** The next attempt of those that did not, by offset. */
  readonly next: Map<number, NextAttempt>;
  /** Attempts of an epoch that was the newest when they were written, in order, to be folded into the counts. */
  readonly attempts: AttemptRecord[];
  /** Of the newest marker so far. */
  newestEpoch: number;
}

export function noHistory(newestEpoch: number): JournalHistory {
  return { ended: new Map(), next: new Map(), attempts: [], newestEpoch };
}

/** Takes a record in. One of an older epoch behind a newer marker is late: shown by views, never counted here. */
export function rememberRecord(history: JournalHistory, record: JournalEnvelope): void {
  if (record.kind === 'epoch') {
    history.newestEpoch = Math.max(history.newestEpoch, record.epoch);
    return;
  }
  if (record.epoch < history.newestEpoch || record.kind === 'held') return;
  // Made again under its number, at once: as if it had not begun.
  if (record.kind === 'attempt' && record.error === 'aborted') return;
  const ended = record.kind === 'discarded' || record.push !== 'pending';
  for (const { offset } of record.deliveries) {
    if (ended) history.ended.set(offset, record.integrationId);
    else if (record.kind === 'attempt') history.next.set(offset, nextAttempt(record));
  }
  if (record.kind === 'attempt') history.attempts.push(record);
}

function nextAttempt({ integrationId, attempt, nextAttemptAt, at }: AttemptRecord): NextAttempt {
  return { integrationId, attempt: attempt + 1, dueAtMs: Date.parse(nextAttemptAt ?? at) };
}
