import type { Origin } from '@hookstile/service-runtime';
import { toMs, toNullableMs } from '../read/times.js';
import type { RecoveryRow } from './recovery.types.js';

export const RECOVERY_COLUMNS = `id, tenant_id, integration_id, since, until, selected, rate_per_second, status, reason,
  started_at, started_by, finished_at, stopped_by, matched, queued, expired, delivered, failed, discarded`;

export interface FoundRecovery {
  id: string;
  tenant_id: string;
  integration_id: string;
  since: Date;
  until: Date;
  selected: RecoveryRow['selected'];
  rate_per_second: number;
  status: RecoveryRow['status'];
  reason: RecoveryRow['reason'];
  started_at: Date;
  started_by: Origin;
  finished_at: Date | null;
  stopped_by: Origin | null;
  matched: number;
  queued: number;
  expired: number;
  delivered: number;
  failed: number;
  discarded: number;
}

export function recoveryRowOf(found: FoundRecovery): RecoveryRow {
  const { matched, queued, expired, delivered, failed, discarded } = found;
  return {
    id: found.id,
    tenantId: found.tenant_id,
    integrationId: found.integration_id,
    sinceMs: toMs(found.since),
    untilMs: toMs(found.until),
    selected: found.selected,
    ratePerSecond: found.rate_per_second,
    status: found.status,
    reason: found.reason,
    startedAtMs: toMs(found.started_at),
    startedBy: found.started_by,
    finishedAtMs: toNullableMs(found.finished_at),
    stoppedBy: found.stopped_by,
    ...{ matched, queued, expired, delivered, failed, discarded },
  };
}
