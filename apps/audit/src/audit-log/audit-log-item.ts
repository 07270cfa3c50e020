import { Actor } from '@hookstile/contracts';
import { Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import type { AuditLogRow } from '../project/rows.js';
import { toIso } from '../read/times.js';

export const AuditLogItem = Type.Object({
  id: Type.String(),
  at: Time,
  actor: Actor,
  action: Type.String({ description: 'Such as `integration.created`, `api_key.deleted` or `delivery.redelivered`.' }),
  subject: Type.Object({ type: Type.String(), id: Type.String(), name: Nullable(Type.String()) }),
  before: Type.Unknown({ description: 'The view before the change, secrets masked; null where there was none.' }),
  after: Type.Unknown({ description: 'The view after the change, secrets masked; null where there is none.' }),
  requestId: Nullable(Type.String()),
});
export type AuditLogItem = Static<typeof AuditLogItem>;

export function auditLogItem(row: AuditLogRow): AuditLogItem {
  return {
    id: row.id,
    at: toIso(row.atMs),
    actor: { type: row.actorType, id: row.actorId, name: row.actorName, role: row.actorRole },
    action: row.action,
    subject: { type: row.subjectType, id: row.subjectId, name: row.subjectName },
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    requestId: row.requestId,
  };
}
