import { type Decision, traceIdOf } from '@hookstile/contracts';
import { clipped } from './clipped.js';
import { instantMs } from './instant.js';
import type { ActivityLogRow } from './rows.js';

/** What was decided, for whom and why. */
export function activityLogRow(decision: Decision): ActivityLogRow {
  return {
    id: decision.id,
    tenantId: decision.tenantId,
    atMs: instantMs(decision.at),
    ruleId: decision.ruleId,
    ruleName: decision.ruleName,
    ruleVersion: decision.ruleVersion,
    decision: decision.decision,
    code: decision.code,
    reason: decision.reason,
    httpStatus: decision.httpStatus,
    durationMs: decision.durationMs,
    cached: decision.cached,
    username: decision.username === null ? null : clipped(decision.username),
    remoteIp: decision.remoteIp,
    deviceId: decision.deviceId,
    traceId: traceIdOf(decision.traceparent),
  };
}
