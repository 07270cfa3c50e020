import type { AttemptRecord, JournaledDelivery } from '@hookstile/contracts';
import type { PayloadMask } from '@hookstile/service-runtime';
import { instantMs, nullableInstantMs } from './instant.js';
import type { AttemptRow } from './rows.js';
import { UnreadableRecordError } from './unreadable-record.error.js';

interface Bodies {
  requestBody: Buffer | null;
  responseBody: Buffer | null;
}

/** A request always has a body, so none at all means that the integration's payloads are not logged. */
function bodiesOf(record: AttemptRecord, bytes: Buffer, mask: PayloadMask): Bodies {
  const { requestBytes, responseBytes } = record;
  if (requestBytes + responseBytes !== bytes.length) {
    throw new UnreadableRecordError(`${bytes.length} bytes, not ${requestBytes} + ${responseBytes}`);
  }
  if (bytes.length === 0) return { requestBody: null, responseBody: null };
  return {
    requestBody: mask.body(bytes.subarray(0, requestBytes)),
    responseBody: record.response ? mask.body(bytes.subarray(requestBytes)) : null,
  };
}

type Members = Pick<AttemptRow, 'deliveryIds' | 'eventIds' | 'eventTypes'>;

function membersOf(deliveries: readonly JournaledDelivery[]): Members {
  if (deliveries.length === 1) return { deliveryIds: null, eventIds: null, eventTypes: null };
  return {
    deliveryIds: deliveries.map(({ deliveryId }) => deliveryId),
    eventIds: deliveries.map(({ eventId }) => eventId),
    eventTypes: [...new Set(deliveries.map(({ eventType }) => eventType))],
  };
}

const INT32_MAX = 2 ** 31 - 1;

/** Postgres's integer; the contract's whole numbers go further. */
function int32(value: number): number {
  if (value > INT32_MAX) throw new UnreadableRecordError(`${value} is too large a number`);
  return value;
}

export interface Projected {
  late: boolean;
  mask: PayloadMask;
}

/** One line of the event log; it shows no secret of the payloads. */
export function attemptRow(record: AttemptRecord, bytes: Buffer, { late, mask }: Projected): AttemptRow {
  const first = record.deliveries[0];
  if (!first) throw new UnreadableRecordError('an attempt without a delivery');
  return {
    attemptId: record.attemptId,
    tenantId: record.tenantId,
    integrationId: record.integrationId,
    deliveryId: first.deliveryId,
    eventId: first.eventId,
    eventSource: first.eventSource,
    eventType: first.eventType,
    ...membersOf(record.deliveries),
    atMs: instantMs(record.at),
    epoch: int32(record.epoch),
    attempt: int32(record.attempt),
    redeliveryOffset: record.trigger === 'event' || record.trigger === 'test' ? 0 : first.offset,
    trigger: record.trigger,
    outcome: record.outcome,
    httpStatus: record.httpStatus === null ? null : int32(record.httpStatus),
    error: record.error,
    errorDetail: record.errorDetail,
    durationMs: record.durationMs,
    nextAttemptAtMs: nullableInstantMs(record.nextAttemptAt),
    traceId: record.traceId,
    late,
    method: record.request.method,
    url: record.request.url,
    requestHeaders: JSON.stringify(mask.headers(record.request.headers)),
    requestTruncated: record.request.truncated,
    responseHeaders: record.response ? JSON.stringify(mask.headers(record.response.headers)) : null,
    responseTruncated: record.response?.truncated ?? false,
    ...bodiesOf(record, bytes, mask),
  };
}

const ATTEMPT_ID = /^att_([0-9a-z]{1,64})_\d+_\d+(?:_\d+)?$/;

/** The first delivery of the push that an attempt belongs to: `attemptIdOf` turned round. Null for any other text. */
export function deliveryIdOfAttempt(attemptId: string): string | null {
  const match = ATTEMPT_ID.exec(attemptId);
  return match ? `dlv_${match[1]}` : null;
}
