import type { DomainEventRecord, IntegrationSignal } from '@hookstile/contracts';
import { instantMs } from './instant.js';
import type { AuditLogRow, SignalRow } from './rows.js';

/** Who changed what. A tenant's own record names no tenant besides its aggregate. */
export function auditLogRow(record: DomainEventRecord): AuditLogRow {
  return {
    sequence: record.sequence,
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
