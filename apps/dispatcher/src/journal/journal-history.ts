import type { AttemptRecord, JournalEnvelope } from '@hookstile/contracts';
import type { NextTry } from '../lanes/lane.types.js';

export interface NextAttempt extends NextTry {
  readonly integrationId: string;
  /** The first offset of the push of several that it failed in; or null. */
  readonly push: number | null;
  /** The last offset of that push; or null. */
  readonly pushEnd: number | null;
  /** The key of its lane; null in records of the first builds. */
  readonly lane: string | null;
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
  if (isTrial(record) || record.epoch < history.newestEpoch || record.kind === 'held') return;
  // Made again under its number, at once: as if it had not begun.
  if (record.kind === 'attempt' && record.error === 'aborted') return;
  const ended = record.kind !== 'attempt' || record.push !== 'pending';
  for (const { offset } of record.deliveries) {
    if (ended) history.ended.set(offset, record.integrationId);
    else if (record.kind === 'attempt') history.next.set(offset, nextAttempt(record));
  }
  if (record.kind === 'attempt') history.attempts.push(record);
}

/** A test's attempt is of no delivery that stands anywhere: it ends nothing and counts for nothing. */
function isTrial(record: JournalEnvelope): boolean {
  return record.kind === 'attempt' && record.trigger === 'test';
}

function nextAttempt(record: AttemptRecord): NextAttempt {
  const { integrationId, deliveries } = record;
  const several = deliveries.length > 1;
  const push = several ? (deliveries[0]?.offset ?? null) : null;
  const pushEnd = several ? (deliveries.at(-1)?.offset ?? null) : null;
  return { integrationId, ...nextTryOf(record), push, pushEnd, lane: record.lane ?? null };
}

/** What a record of a pending push says of its next attempt. */
export function nextTryOf({ attempt, nextAttemptAt, exhaustedUnder, at }: AttemptRecord): NextTry {
  const dueAtMs = exhaustedUnder === undefined ? Date.parse(nextAttemptAt ?? at) : null;
  return { attempt: attempt + 1, dueAtMs, exhaustedUnder: exhaustedUnder ?? null };
}
