import type { Actor, AttemptError, DecisionCode, Trigger, Verdict } from '@hookstile/contracts';

/** Rows as the projections make them: times in Unix milliseconds, ids and texts as the records carried them. */

export interface EventRow {
  tenantId: string;
  /** '' where a rejected record held no readable event. */
  eventId: string;
  sourcePartition: number;
  sourceOffset: number;
  source: string | null;
  type: string | null;
  subject: string | null;
  /** As the producer gave it. */
  time: string | null;
  /** When the source record was accepted. */
  acceptedAtMs: number;
  via: 'http' | 'kafka';
  outcome: EventOutcome;
  reason: string | null;
  detail: string | null;
  deliveryIds: readonly string[];
  /** The integration of each of `deliveryIds`. */
  integrationIds: readonly string[];
  traceId: string | null;
}

export const EVENT_OUTCOMES = ['routed', 'filtered', 'duplicate', 'rejected'] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'held', 'discarded'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * How new a statement about a delivery is. The three numbers compare in this order: the offset in `deliveries` of the
 * record it is about (a redelivery has a higher one), the epoch of the partition's owner, and the integration's
 * journal sequence. What is said of the same delivery under a higher position replaces what stood there.
 */
export interface DeliveryPosition {
  deliveryOffset: number;
  epoch: number;
  sequence: number;
}

export interface DeliveryRow extends DeliveryPosition {
  /**
   * With `acceptedAtMs` what names the row: an event that comes once more after the inbox has forgotten it is another
   * event, and its deliveries have the ids of the first one's.
   */
  deliveryId: string;
  tenantId: string;
  integrationId: string;
  eventId: string;
  eventSource: string;
  eventType: string;
  acceptedAtMs: number;
  status: DeliveryStatus;
  reason: string | null;
  nextAttemptAtMs: number | null;
  finishedAtMs: number | null;
  /** The lowest offset in `deliveries` that the journal names it by: where it was routed first. Null: none yet. */
  firstOffset: number | null;
}

export const ATTEMPT_OUTCOMES = ['succeeded', 'failed'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export interface AttemptRow {
  attemptId: string;
  tenantId: string;
  integrationId: string;
  /** The first delivery of the push. */
  deliveryId: string;
  /** All deliveries of the push where it has several, else null. */
  deliveryIds: readonly string[] | null;
  eventId: string;
  eventSource: string;
  eventType: string;
  /** Of all deliveries of a push of several, for searches; else null. */
  eventIds: readonly string[] | null;
  /** Each type once. */
  eventTypes: readonly string[] | null;
  atMs: number;
  /** Of the partition's owner; delivery, epoch, attempt and redelivery are what the attempt's id is made of. */
  epoch: number;
  attempt: number;
  /** Where a redelivery stands in `deliveries`; else 0. */
  redeliveryOffset: number;
  trigger: Trigger;
  outcome: AttemptOutcome;
  httpStatus: number | null;
  error: AttemptError | null;
  errorDetail: string | null;
  durationMs: number;
  nextAttemptAtMs: number | null;
  traceId: string | null;
  /** Written by an owner that had already lost the partition: shown, never counted. */
  late: boolean;
  method: string;
  url: string;
  /** JSON: an array of name and value pairs. */
  requestHeaders: string;
  requestTruncated: boolean;
  /** JSON, or null where no response came. */
  responseHeaders: string | null;
  responseTruncated: boolean;
  /** Null where payloads are not logged. */
  requestBody: Buffer | null;
  responseBody: Buffer | null;
}

/** One decision. */
export interface ActivityLogRow {
  id: string;
  tenantId: string;
  atMs: number;
  ruleId: string;
  ruleName: string;
  ruleVersion: number;
  decision: Verdict;
  code: DecisionCode;
  reason: string;
  httpStatus: number | null;
  durationMs: number;
  cached: boolean;
  /** Clipped to what an index takes. */
  username: string | null;
  remoteIp: string | null;
  deviceId: string | null;
  traceId: string | null;
}

/** One line of the audit log: a domain event of the config service, or a delivery that an admin gave up. */
export interface AuditLogRow {
  /** Of domain events of one moment, the text order is that of their sequence. */
  id: string;
  tenantId: string;
  atMs: number;
  action: string;
  actorType: Actor['type'];
  actorId: string | null;
  actorName: string | null;
  actorRole: string | null;
  subjectType: string;
  subjectId: string;
  subjectName: string | null;
  /** JSON, as the record had it. */
  before: string;
  after: string;
  requestId: string | null;
}

export interface SignalRow {
  integrationId: string;
  enablement: number;
  type: string;
  sequence: number;
  tenantId: string;
  reason: string | null;
  consecutiveFailures: number;
  atMs: number;
}

/** The lowest journal offset at which an epoch of a partition was seen. */
export interface EpochRow {
  partition: number;
  epoch: number;
  firstOffset: number;
}

/** The highest delivery that dispatchers took of a partition from a source partition, and the offset where it stands. */
export interface MarkRow {
  partition: number;
  /** A source number: negative for a partition of `redeliveries`. */
  sourcePartition: number;
  sourceOffset: number;
  integrationId: string;
  setAt: number;
}

/** How far a partition of a topic is projected: every record below `nextOffset` is in the tables. */
export interface PositionRow {
  topic: string;
  partition: number;
  nextOffset: number;
}

/** A record that no contract describes; its partition moved on. */
export interface UnreadableRow {
  topic: string;
  partition: number;
  offset: number;
  detail: string;
  /** The broker's timestamp of the record. */
  atMs: number;
}
