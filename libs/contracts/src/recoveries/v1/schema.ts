import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { Actor } from '../../domain-events/v1/schema.js';
import { Instant, Nullable } from '../../schema-parts.js';

/**
 * That a recovery was started, or stopped before its end. It stands in `redeliveries` under the integration's key, before
 * the redeliveries that it is about, and whoever routes those passes it by: the audit log is made of it.
 */
export const RecoveryRecord = Type.Object({
  kind: Type.Union([Type.Literal('started'), Type.Literal('stopped')]),
  recoveryId: Type.String(),
  tenantId: Type.String(),
  integrationId: Type.String(),
  at: Instant,
  actor: Actor,
  requestId: Nullable(Type.String()),
  /** What the audit log shows: its state before and after; null where there was none. */
  before: Type.Unknown(),
  after: Type.Unknown(),
});
export type RecoveryRecord = Static<typeof RecoveryRecord>;

export const recoveriesV1 = jsonContract('recoveries', 1, RecoveryRecord);
