import type { AttemptRecord, JournalEnvelope } from '@hookstile/contracts';
import type { RetryAt } from '../lanes/lane.types.js';

/** What a new owner learns from the journal between the checkpoint and its own marker. */
export interface JournalHistory {
  /** Deliveries that ended, by offset, with their integration. */
  readonly ended: Map<number, string>;
  /** The next attempt of those that did not, by offset. */
  readonly next: Map<number, RetryAt>;
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
  const ended = record.kind === 'discarded' || record.push !== 'pending';
  for (const { offset } of record.deliveries) {
    if (ended) history.ended.set(offset, record.integrationId);
    else if (record.kind === 'attempt') history.next.set(offset, nextAttempt(record));
  }
  if (record.kind === 'attempt' && record.error !== 'aborted') history.attempts.push(record);
}

/** What we aborted ourselves is made again under the same number. */
function nextAttempt(record: AttemptRecord): RetryAt {
  const attempt = record.error === 'aborted' ? record.attempt : record.attempt + 1;
  return { attempt, dueAtMs: Date.parse(record.nextAttemptAt ?? record.at) };
}
