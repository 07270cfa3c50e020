import type { EndedStatus } from '@hookstile/contracts';
import type { Origin } from '@hookstile/service-runtime';

export const SELECTED_STATUSES = ['failed', 'discarded', 'all'] as const;
export type SelectedStatus = (typeof SELECTED_STATUSES)[number];

export const RECOVERY_STATUSES = ['running', 'done', 'stopped'] as const;
export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number];

/** Why a recovery was stopped. */
export const STOP_REASONS = ['requested', 'integration_disabled', 'integration_deleted', 'timeout'] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/** Which deliveries: those of an integration that had ended so, and whose events were accepted in this span. */
export interface Selection {
  tenantId: string;
  integrationId: string;
  /** Unix milliseconds, inclusive. */
  sinceMs: number;
  /** Unix milliseconds, exclusive. */
  untilMs: number;
  selected: SelectedStatus;
}

export interface NewRecovery extends Selection {
  id: string;
  ratePerSecond: number;
  startedAtMs: number;
  startedBy: Origin;
}

/** The Idempotency-Key of a request that starts a recovery. */
export interface StartKey {
  id: string;
  /** Tells another request with the same key. */
  fingerprint: string;
  /** Recoveries that were started up to this time stand for their keys no more. Unix milliseconds. */
  expiredMs: number;
}

/**
 * Each of `matched` waits, is `expired`, or was `queued`; each of those is pending, or ended as delivered, failed or
 * discarded.
 */
export interface RecoveryCounts {
  matched: number;
  queued: number;
  /** Their events are not kept any more. */
  expired: number;
  delivered: number;
  failed: number;
  discarded: number;
}

export interface RecoveryRow extends NewRecovery, RecoveryCounts {
  status: RecoveryStatus;
  reason: StopReason | null;
  finishedAtMs: number | null;
  stoppedBy: Origin | null;
}

/** One delivery of a recovery, and how it had ended when that was started. */
export interface RecoveryMember {
  /** Its place in the recovery, from 1. */
  position: number;
  deliveryId: string;
  deliveryOffset: number;
  status: EndedStatus;
  reason: string | null;
}

/** A delivery that is to be sent now. */
export interface ClaimedMember extends RecoveryMember {
  /** Somebody had it sent once more meanwhile, so that this ending was repeated. */
  repeated: boolean;
}
