import {
  type Actor,
  type AttemptRecord,
  type DeliveryEnvelope,
  type DiscardedRecord,
  type HeldRecord,
  type JournaledDelivery,
  type SkippedRecord,
} from '@hookstile/contracts';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import type { PushVerdict } from '../lanes/retry-policy.js';

/** What every record of an integration says. */
export interface JournalContext {
  tenantId: string;
  integrationId: string;
  epoch: number;
  sequence: number;
}

export interface DeliveryAt {
  readonly envelope: DeliveryEnvelope;
  readonly offset: number;
}

export interface AttemptMade {
  /** The push, its first delivery first. */
  deliveries: readonly [DeliveryAt, ...DeliveryAt[]];
  lane: string;
  attemptId: string;
  attempt: number;
  startedAtMs: number;
  outcome: AttemptOutcome;
  /** Null: aborted by ourselves, to be made again. */
  verdict: PushVerdict | null;
  enablement: number;
  consecutiveFailures: number;
}

function journaled({ envelope, offset }: DeliveryAt): JournaledDelivery {
  const { event } = envelope;
  return {
    deliveryId: envelope.deliveryId,
    eventId: event.id,
    eventSource: event.source,
    eventType: event.type,
    sourcePartition: envelope.sourcePartition,
    sourceOffset: envelope.sourceOffset,
    offset,
    acceptedAt: event.acceptedAt,
  };
}

/** Of JSON's members, ids, numbers and the time, in a record's array. */
const NAMED_WITHOUT_TEXTS_MAX_BYTES = 320;
/** A UTF-16 unit takes up to three bytes in UTF-8; quotes and backslashes, escaped, take two. */
const UNIT_MAX_BYTES = 3;

/** At most, what a record takes to name a delivery. An upper bound that costs nothing: texts are not walked. */
export function nameBytesOf({ event: { id, source, type } }: DeliveryEnvelope): number {
  return NAMED_WITHOUT_TEXTS_MAX_BYTES + UNIT_MAX_BYTES * (id.length + source.length + type.length);
}

/** Some failures are told in words that come from elsewhere. */
const ERROR_DETAIL_MAX_CHARACTERS = 2_000;

let lastInstant = { ms: 0, text: new Date(0).toISOString() };

/** Attempts of the same millisecond follow on each other: they share its text. */
function instant(ms: number): string {
  if (lastInstant.ms !== ms) lastInstant = { ms, text: new Date(ms).toISOString() };
  return lastInstant.text;
}

function nextAttemptAt(made: AttemptMade): string | null {
  if (made.verdict === null) return instant(made.startedAtMs);
  return typeof made.verdict === 'string' || made.verdict.dueAtMs === null ? null : instant(made.verdict.dueAtMs);
}

export function attemptRecord(context: JournalContext, made: AttemptMade): { envelope: AttemptRecord; bytes: Buffer } {
  const { outcome, verdict, deliveries } = made;
  const exhaustedUnder = typeof verdict === 'object' ? (verdict?.exhaustedUnder ?? null) : null;
  const { request, response } = outcome;
  // Each attempt has one: a literal whose members are all named is made several times as fast as one with spreads.
  const envelope: AttemptRecord = {
    kind: 'attempt',
    tenantId: context.tenantId,
    integrationId: context.integrationId,
    epoch: context.epoch,
    sequence: context.sequence,
    at: instant(made.startedAtMs),
    deliveries: deliveries.map(journaled),
    attemptId: made.attemptId,
    attempt: made.attempt,
    trigger: deliveries[0].envelope.trigger,
    durationMs: outcome.durationMs,
    outcome: outcome.outcome,
    push: typeof verdict === 'string' ? verdict : 'pending',
    enablement: made.enablement,
    consecutiveFailures: made.consecutiveFailures,
    httpStatus: outcome.httpStatus,
    error: outcome.error,
    errorDetail: outcome.errorDetail?.slice(0, ERROR_DETAIL_MAX_CHARACTERS).toWellFormed() ?? null,
    nextAttemptAt: nextAttemptAt(made),
    lane: made.lane,
    traceId: outcome.traceId,
    request: { method: request.method, url: request.url, headers: request.headers, truncated: request.truncated },
    response: response === null ? null : { headers: response.headers, truncated: response.truncated },
    requestBytes: request.body.length,
    responseBytes: response?.body.length ?? 0,
  };
  if (exhaustedUnder !== null) envelope.exhaustedUnder = exhaustedUnder;
  return {
    envelope,
    bytes:
      response === null || response.body.length === 0 ? request.body : Buffer.concat([request.body, response.body]),
  };
}

export function setAsideRecord(
  kind: 'held' | 'discarded',
  context: JournalContext,
  deliveries: readonly DeliveryAt[],
  reason: string,
  nowMs: number,
): HeldRecord | DiscardedRecord {
  return { kind, ...context, at: instant(nowMs), deliveries: deliveries.map(journaled), reason };
}

/** Who gave an exhausted push up. */
export interface Skipping {
  actor: Actor;
  requestId: string | null;
}

export function skippedRecord(
  context: JournalContext,
  deliveries: readonly DeliveryAt[],
  { actor, requestId }: Skipping,
  nowMs: number,
): SkippedRecord {
  const common = { ...context, at: instant(nowMs), deliveries: deliveries.map(journaled) };
  return { kind: 'skipped', ...common, reason: 'skipped', actor, requestId };
}
