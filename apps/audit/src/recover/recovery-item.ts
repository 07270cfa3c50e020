import { Count, Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { toIso, toNullableIso } from '../read/times.js';
import { RECOVERY_STATUSES, type RecoveryRow, SELECTED_STATUSES, STOP_REASONS } from './recovery.types.js';

export const RecoveryItem = Type.Object({
  id: Type.String(),
  integrationId: Type.String(),
  since: Time,
  until: Time,
  selected: Type.Enum([...SELECTED_STATUSES], { description: 'How its deliveries had ended.' }),
  ratePerSecond: Count,
  status: Type.Enum([...RECOVERY_STATUSES]),
  reason: Nullable(Type.Enum([...STOP_REASONS], { description: 'Why it was stopped.' })),
  matched: Type.Integer({ minimum: 0, description: 'Deliveries that it has to do with, fixed when it was started.' }),
  queued: Type.Integer({ minimum: 0, description: 'Of these, handed over so far.' }),
  expired: Type.Integer({ minimum: 0, description: 'Of these, not sent: their events are not kept any more.' }),
  pending: Type.Integer({ minimum: 0, description: 'Handed over, and not ended.' }),
  delivered: Type.Integer({ minimum: 0, description: 'Handed over, and ended as delivered.' }),
  failed: Count,
  discarded: Count,
  startedAt: Time,
  finishedAt: Nullable(Time),
});
export type RecoveryItem = Static<typeof RecoveryItem>;

/** A recovery as the public surface shows it. */
export function recoveryItem(row: RecoveryRow): RecoveryItem {
  const { id, integrationId, selected, ratePerSecond, status, reason } = row;
  const { matched, queued, expired, delivered, failed, discarded } = row;
  return {
    ...{ id, integrationId, since: toIso(row.sinceMs), until: toIso(row.untilMs), selected, ratePerSecond },
    ...{ status, reason, matched, queued, expired, pending: queued - delivered - failed - discarded },
    ...{ delivered, failed, discarded },
    startedAt: toIso(row.startedAtMs),
    finishedAt: toNullableIso(row.finishedAtMs),
  };
}
