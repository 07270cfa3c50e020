import {
  type AttemptRecord,
  attemptIdOf,
  attemptsV1,
  type Decision,
  type Delivery,
  type DiscardedRecord,
  type DomainEventRecord,
  deliveriesV1,
  type EncodedRecord,
  type HeldRecord,
  type JournalEnvelope,
  type JournaledDelivery,
  type Redelivery,
  type Routing,
  redeliveriesV1,
  routingsV1,
  type SkippedRecord,
} from '@hookstile/contracts';
import type { RecordToProject } from './project-record.js';

/** Records as the other services write them, for tests and measurements. */

export function sampleRouting(deliveries: readonly Delivery[], overrides: Partial<Routing> = {}): Routing {
  const [first] = deliveries;
  return {
    sourcePartition: first?.envelope.sourcePartition ?? 0,
    sourceOffset: first?.envelope.sourceOffset ?? 0,
    via: 'http',
    routedAt: '2026-01-02T03:04:05.700Z',
    event: first?.envelope.event ?? null,
    tenantId: first?.envelope.event.tenantId ?? null,
    outcome: 'routed',
    reason: null,
    detail: null,
    deliveries: deliveries.map(({ envelope: { deliveryId, integrationId } }) => ({ deliveryId, integrationId })),
    traceparent: null,
    ...overrides,
  };
}

export function journaled({ envelope }: Delivery, offset = 0): JournaledDelivery {
  return {
    deliveryId: envelope.deliveryId,
    eventId: envelope.event.id,
    eventSource: envelope.event.source,
    eventType: envelope.event.type,
    sourcePartition: envelope.sourcePartition,
    sourceOffset: envelope.sourceOffset,
    offset,
    acceptedAt: envelope.event.acceptedAt,
  };
}

const common = ({ envelope }: Delivery) => ({
  tenantId: envelope.event.tenantId,
  integrationId: envelope.integrationId,
  epoch: 1,
  sequence: 1,
  at: '2026-01-02T03:04:06.000Z',
});

/** An attempt that succeeded; bodies are added by `journalRecord`. */
export function sampleAttempt(delivery: Delivery, overrides: Partial<AttemptRecord> = {}): AttemptRecord {
  const { epoch, attempt, deliveries } = { epoch: 1, attempt: 1, deliveries: [journaled(delivery)], ...overrides };
  const redeliveryOffset = overrides.trigger === 'redelivery' ? (deliveries[0]?.offset ?? 0) : 0;
  return {
    kind: 'attempt',
    ...common(delivery),
    deliveries,
    attemptId: attemptIdOf(delivery.envelope.deliveryId, epoch, attempt, redeliveryOffset),
    attempt,
    trigger: 'event',
    durationMs: 12.5,
    outcome: 'succeeded',
    push: 'delivered',
    consecutiveFailures: 0,
    httpStatus: 200,
    error: null,
    errorDetail: null,
    nextAttemptAt: null,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    request: {
      method: 'POST',
      url: 'https://example.com/hook',
      headers: [
        ['content-type', 'application/json'],
        ['webhook-id', delivery.envelope.deliveryId],
        ['webhook-timestamp', '1767323046'],
        ['webhook-signature', 'v1,mF2k9wVQm0yqJ9H8mR7Zs1vZ1f8d2w3J6s7m8n9o0pQ='],
        ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
        ['user-agent', 'Hookstile/0.1.0'],
      ],
      truncated: false,
    },
    response: { headers: [['content-type', 'text/plain']], truncated: false },
    requestBytes: 0,
    responseBytes: 0,
    ...overrides,
  };
}

export const FAILED = {
  outcome: 'failed',
  push: 'pending',
  httpStatus: 500,
  error: 'http_status',
  nextAttemptAt: '2026-01-02T03:05:00.000Z',
} as const;

/** The last attempt of a push that its integration blocks on. */
export const EXHAUSTED_ATTEMPT = { ...FAILED, nextAttemptAt: null, exhaustedUnder: 3 } as const;

export function sampleHeld(delivery: Delivery, overrides: Partial<HeldRecord> = {}): HeldRecord {
  return { kind: 'held', ...common(delivery), deliveries: [journaled(delivery)], reason: 'disabled', ...overrides };
}

export function sampleDiscarded(delivery: Delivery, overrides: Partial<DiscardedRecord> = {}): DiscardedRecord {
  return { kind: 'discarded', ...common(delivery), deliveries: [journaled(delivery)], reason: 'admin', ...overrides };
}

/** Who skips in samples. */
export const ADMIN = { type: 'api_key', id: 'key_1', name: 'ops', role: 'editor' } as const;

export function sampleSkipped(delivery: Delivery, overrides: Partial<SkippedRecord> = {}): SkippedRecord {
  const deliveries = [journaled(delivery)];
  const said = { reason: 'skipped', actor: ADMIN, requestId: 'req_1' };
  return { kind: 'skipped', ...common(delivery), deliveries, ...said, ...overrides };
}

/** A failed delivery that an admin wants once more. */
export function sampleRedelivery(
  { envelope, bytes }: Delivery,
  overrides: Partial<Redelivery['envelope']> = {},
): Redelivery {
  const { deliveryId, integrationId, event } = envelope;
  return {
    envelope: {
      ...{ deliveryId, integrationId, event, endedOffset: 0, endedStatus: 'failed', endedReason: 'http_status' },
      ...{ requestedAt: '2026-01-02T03:04:07.000Z', actor: ADMIN, requestId: 'req_1', traceparent: null },
      ...overrides,
    },
    bytes,
  };
}

export const redeliveryRecord = (redelivery: Redelivery) =>
  redeliveriesV1.encode(redelivery.envelope.integrationId, redelivery);

export function journalRecord(envelope: JournalEnvelope, request = '', response = ''): EncodedRecord {
  const bytes = Buffer.from(request + response);
  if (envelope.kind !== 'attempt') return attemptsV1.encode('int_1', { envelope, bytes });
  const lengths = { requestBytes: Buffer.byteLength(request), responseBytes: Buffer.byteLength(response) };
  return attemptsV1.encode(envelope.integrationId, { envelope: { ...envelope, ...lengths }, bytes });
}

export const routingRecord = (routing: Routing) => routingsV1.encode(routing.tenantId ?? '', routing);
export const deliveryRecord = (delivery: Delivery) => deliveriesV1.encode(delivery.envelope.integrationId, delivery);

/** A record as a reader gets it. */
export function received({ headers, value }: EncodedRecord, offset: number, partition = 0): RecordToProject {
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
  return { headers: Object.fromEntries(bytes), value, offset, partition, timestampMs: 0 };
}

export function sampleFact(overrides: Partial<DomainEventRecord> = {}): DomainEventRecord {
  return {
    sequence: 7,
    aggregate: 'integration',
    aggregateId: 'int_1',
    version: 3,
    type: 'IntegrationDisabled',
    action: 'integration.disabled',
    tenantId: 'ten_1',
    subjectName: 'SIEM',
    before: { state: 'enabled' },
    after: { state: 'disabled' },
    actor: { type: 'system', id: null, name: null, role: null },
    requestId: null,
    at: '2026-01-02T03:04:06.000Z',
    ...overrides,
  };
}

/** A denial of the rule `rul_1` to ann. */
export function sampleDecision(overrides: Partial<Decision> = {}): Decision {
  return {
    id: 'dec_1',
    at: '2026-01-02T03:04:06.000Z',
    tenantId: 'ten_1',
    ruleId: 'rul_1',
    ruleName: 'posture',
    ruleVersion: 3,
    decision: 'denied',
    code: 'no_match',
    reason: 'No response action matched the answer.',
    httpStatus: 200,
    durationMs: 12.5,
    cached: false,
    username: 'ann',
    remoteIp: '203.0.113.7',
    deviceId: 'device-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...overrides,
  };
}
