import { DecisionCode, Verdict } from '@hookstile/contracts';
import { Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import type { ActivityLogRow } from '../project/rows.js';
import { toIso } from '../read/times.js';

/** What was decided and why; of the context only who asked, from where and with which device. */
export const ActivityLogItem = Type.Object({
  id: Type.String(),
  at: Time,
  ruleId: Type.String(),
  ruleName: Type.String(),
  ruleVersion: Type.Integer({ minimum: 1 }),
  decision: Verdict,
  code: DecisionCode,
  reason: Type.String(),
  httpStatus: Nullable(Type.Integer()),
  durationMs: Type.Number({ minimum: 0 }),
  cached: Type.Boolean({ description: 'An earlier decision for the same context, given again.' }),
  username: Nullable(Type.String()),
  remoteIp: Nullable(Type.String()),
  deviceId: Nullable(Type.String()),
  traceId: Nullable(Type.String()),
});
export type ActivityLogItem = Static<typeof ActivityLogItem>;

export function activityLogItem({ tenantId: _tenantId, atMs, ...row }: ActivityLogRow): ActivityLogItem {
  const { id, ...rest } = row;
  return { id, at: toIso(atMs), ...rest };
}
