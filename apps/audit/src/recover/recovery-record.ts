import type { Actor, RecoveryRecord } from '@hookstile/contracts';
import { toIso } from '../read/times.js';
import type { RecoveryRow } from './recovery.types.js';

export const SYSTEM: Actor = { type: 'system', id: null, name: null, role: null };

/** What the topic, and by it the audit log, is told of a start or a stop: the same however often it is told. */
export function recoveryRecord(row: RecoveryRow, what: 'start' | 'stop'): RecoveryRecord {
  const { id: recoveryId, tenantId, integrationId } = row;
  const about = { recoveryId, tenantId, integrationId };
  if (what === 'start') {
    const after = { ...settingsOf(row), status: 'running', reason: null, matched: row.matched };
    return { kind: 'started', ...about, at: toIso(row.startedAtMs), ...row.startedBy, before: null, after };
  }
  const { queued, expired } = row;
  const state = { ...settingsOf(row), matched: row.matched, queued, expired };
  return {
    ...{ kind: 'stopped', ...about, at: toIso(row.finishedAtMs ?? row.startedAtMs) },
    ...(row.stoppedBy ?? { actor: SYSTEM, requestId: null }),
    before: { ...state, status: 'running', reason: null },
    after: { ...state, status: 'stopped', reason: row.reason },
  };
}

function settingsOf({ integrationId, sinceMs, untilMs, selected, ratePerSecond }: RecoveryRow) {
  return { integrationId, since: toIso(sinceMs), until: toIso(untilMs), selected, ratePerSecond };
}
