import {
  type DomainEventRecord,
  domainEventIdOf,
  type IntegrationSignal,
  type JournaledDelivery,
  type RecoveryRecord,
  type RedeliveryEnvelope,
  type SkippedRecord,
} from '@hookstile/contracts';
import { EXHAUSTED } from './delivery-row.js';
import { instantMs } from './instant.js';
import type { AuditLogRow, SignalRow } from './rows.js';

/** Who changed what. A tenant's own record names no tenant besides its aggregate. */
export function auditLogRow(record: DomainEventRecord): AuditLogRow {
  return {
    id: domainEventIdOf(record.sequence),
    tenantId: record.tenantId ?? (record.aggregate === 'tenant' ? record.aggregateId : ''),
    atMs: instantMs(record.at),
    action: record.action,
    actorType: record.actor.type,
    actorId: record.actor.id,
    actorName: record.actor.name,
    actorRole: record.actor.role,
    subjectType: record.aggregate,
    subjectId: record.aggregateId,
    subjectName: record.subjectName,
    before: JSON.stringify(record.before ?? null),
    after: JSON.stringify(record.after ?? null),
    requestId: record.requestId,
  };
}

/**
 * Who gave which deliveries up, one line a delivery. A delivery can be skipped again once it was redelivered, and then
 * stands at another offset of `deliveries`; at one offset it ends once, so that a replay finds the line it made.
 */
export function skippedAuditLogRows(record: SkippedRecord): AuditLogRow[] {
  const { tenantId, integrationId, actor } = record;
  return record.deliveries.map(({ deliveryId, eventId, offset }: JournaledDelivery) => ({
    id: `aud_${deliveryId.replace(/^dlv_/, '')}_${offset}`,
    tenantId,
    atMs: instantMs(record.at),
    action: 'delivery.skipped',
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    actorRole: actor.role,
    subjectType: 'delivery',
    subjectId: deliveryId,
    subjectName: null,
    before: JSON.stringify({ integrationId, eventId, status: 'pending', reason: EXHAUSTED }),
    after: JSON.stringify({ integrationId, eventId, status: 'failed', reason: record.reason }),
    requestId: record.requestId,
  }));
}

/**
 * Who had a delivery sent once more. One ending is redelivered once, so that all records of it are the same line, the
 * first one's; `r` keeps it apart from the line of who gave it up there.
 */
export function redeliveredAuditLogRow(envelope: RedeliveryEnvelope): AuditLogRow {
  const { deliveryId, integrationId, event, actor } = envelope;
  const about = { integrationId, eventId: event.id };
  return {
    id: `aud_${deliveryId.replace(/^dlv_/, '')}_${envelope.endedOffset}r`,
    tenantId: event.tenantId,
    atMs: instantMs(envelope.requestedAt),
    action: 'delivery.redelivered',
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    actorRole: actor.role,
    subjectType: 'delivery',
    subjectId: deliveryId,
    subjectName: null,
    before: JSON.stringify({ ...about, status: envelope.endedStatus, reason: envelope.endedReason }),
    after: JSON.stringify({ ...about, status: 'pending', reason: null }),
    requestId: envelope.requestId,
  };
}

/** Who started a recovery, or what stopped it: once each, however often it was written. */
export function recoveryAuditLogRow(record: RecoveryRecord): AuditLogRow {
  const { actor } = record;
  return {
    id: `aud_${record.recoveryId.replace(/^rcv_/, '')}_${record.kind}`,
    tenantId: record.tenantId,
    atMs: instantMs(record.at),
    action: `recovery.${record.kind}`,
    actorType: actor.type,
    actorId: actor.id,
    actorName: actor.name,
    actorRole: actor.role,
    subjectType: 'recovery',
    subjectId: record.recoveryId,
    subjectName: null,
    before: JSON.stringify(record.before ?? null),
    after: JSON.stringify(record.after ?? null),
    requestId: record.requestId,
  };
}

export function signalRow(signal: IntegrationSignal): SignalRow {
  return {
    integrationId: signal.integrationId,
    enablement: signal.enablement,
    type: signal.type,
    sequence: signal.sequence,
    tenantId: signal.tenantId,
    reason: signal.reason,
    consecutiveFailures: signal.consecutiveFailures,
    atMs: instantMs(signal.at),
  };
}
