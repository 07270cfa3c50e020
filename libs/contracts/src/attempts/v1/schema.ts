import { type Static, Type } from 'typebox';
import { bytesContract, type WithBytes } from '../../codec.js';
import { Trigger } from '../../deliveries/v1/schema.js';
import { Actor } from '../../domain-events/v1/schema.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

/** Why an attempt failed. */
export const AttemptError = Type.Union([
  Type.Literal('http_status'),
  Type.Literal('redirect'),
  Type.Literal('timeout'),
  Type.Literal('dns'),
  Type.Literal('connect'),
  Type.Literal('reset'),
  Type.Literal('tls'),
  Type.Literal('blocked_address'),
  Type.Literal('response_invalid'),
  Type.Literal('oauth_token'),
  Type.Literal('request_unbuildable'),
  Type.Literal('aborted'),
]);
export type AttemptError = Static<typeof AttemptError>;

const Headers = Type.Array(Type.Tuple([Type.String(), Type.String()]));

/** A delivery as the journal names it: enough to say what ended, and where its record stood in `deliveries`. */
export const JournaledDelivery = Type.Object({
  deliveryId: Type.String(),
  eventId: Type.String(),
  eventSource: Type.String(),
  eventType: Type.String(),
  sourcePartition: WholeNumber,
  sourceOffset: WholeNumber,
  /** Offset in `deliveries`; the partition is the journal record's own. */
  offset: WholeNumber,
  /** When the event was accepted, for views and latencies. */
  acceptedAt: Instant,
});
export type JournaledDelivery = Static<typeof JournaledDelivery>;

const common = {
  tenantId: Type.String(),
  integrationId: Type.String(),
  epoch: WholeNumber,
  /** Rises with each record of the integration, by one within an epoch; the fold of counts goes by it. */
  sequence: WholeNumber,
  at: Instant,
  deliveries: Type.Array(JournaledDelivery),
};

/**
 * An HTTP request that was made, or could not be built. The record's bytes are the request's body followed by the
 * response's (lengths in `requestBytes` and `responseBytes`).
 */
export const AttemptRecord = Type.Object({
  kind: Type.Literal('attempt'),
  ...common,
  attemptId: Type.String(),
  /** From 1, within the push. */
  attempt: WholeNumber,
  /**
   * `test`: written by any process beside the owner's records. Its epoch and sequence are 0 and its delivery stands in no
   * other topic, so it belongs to no owner's history, count or checkpoint, and is never late.
   */
  trigger: Trigger,
  durationMs: Type.Number({ minimum: 0 }),
  outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  /** What became of the push's deliveries by this attempt. */
  push: Type.Union([Type.Literal('delivered'), Type.Literal('failed'), Type.Literal('pending')]),
  /** The integration's enablement that the attempt was counted under; enabling begins a new count. */
  enablement: Type.Optional(WholeNumber),
  /** The integration's consecutive failed pushes after this attempt. */
  consecutiveFailures: WholeNumber,
  httpStatus: Nullable(WholeNumber),
  error: Nullable(AttemptError),
  /** The failure in words an admin understands, or null. */
  errorDetail: Nullable(Type.String()),
  /** Of a pending push; null where its attempts are exhausted. */
  nextAttemptAt: Nullable(Instant),
  /** The integration's version under which a pending push's attempts were exhausted: it is tried under a higher one. */
  exhaustedUnder: Type.Optional(WholeNumber),
  /** The key of the push's lane. */
  lane: Type.Optional(Type.String()),
  traceId: Nullable(Type.String()),
  request: Type.Object({ method: Type.String(), url: Type.String(), headers: Headers, truncated: Type.Boolean() }),
  response: Nullable(Type.Object({ headers: Headers, truncated: Type.Boolean() })),
  requestBytes: WholeNumber,
  responseBytes: WholeNumber,
});
export type AttemptRecord = Static<typeof AttemptRecord>;

/** Deliveries that wait because their integration is disabled. */
export const HeldRecord = Type.Object({ kind: Type.Literal('held'), ...common, reason: Type.String() });
export type HeldRecord = Static<typeof HeldRecord>;

/** Deliveries that will not be sent: an admin's choice, a bound, or a deleted integration. */
export const DiscardedRecord = Type.Object({ kind: Type.Literal('discarded'), ...common, reason: Type.String() });
export type DiscardedRecord = Static<typeof DiscardedRecord>;

/** Deliveries of an exhausted push that an admin gave up: they end as failed, and their lane goes on. */
export const SkippedRecord = Type.Object({
  kind: Type.Literal('skipped'),
  ...common,
  reason: Type.String(),
  actor: Actor,
  requestId: Nullable(Type.String()),
});
export type SkippedRecord = Static<typeof SkippedRecord>;

/** A new owner of the partition begins here; records of an older epoch behind it are late: shown, never counted. */
export const EpochRecord = Type.Object({
  kind: Type.Literal('epoch'),
  epoch: WholeNumber,
  owner: Type.String(),
  at: Instant,
});
export type EpochRecord = Static<typeof EpochRecord>;

export const JournalEnvelope = Type.Union([AttemptRecord, HeldRecord, DiscardedRecord, SkippedRecord, EpochRecord]);
export type JournalEnvelope = Static<typeof JournalEnvelope>;
export type JournalRecord = WithBytes<JournalEnvelope>;

/** The journal. The record's key is the integration's id (of an epoch marker: `epoch`), its partition that of the delivery. */
export const attemptsV1 = bytesContract('attempts', 1, JournalEnvelope);
