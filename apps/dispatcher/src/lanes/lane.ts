import type { IntegrationConfiguration } from '@hookstile/contracts';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import type { Skipping } from '../journal/journal-records.js';
import type { FailureRun } from './failure-run.js';
import type { GateBounds, IntegrationGate } from './integration-gate.js';
import type { LaneDelivery, LaneName } from './lane.store.js';
import type { LaneInput, LanePermission, LaneRules, LaneState, Push } from './lane.types.js';
import type { PushVerdict } from './retry-policy.js';
import type { Turn } from './turns.js';

/** An attempt that ended, until its outcome is journaled. */
export interface EndedAttempt {
  readonly attemptId: string;
  readonly startedAtMs: number;
  readonly outcome: AttemptOutcome;
  readonly verdict: PushVerdict | null;
  readonly sequence: number;
  readonly run: FailureRun;
  readonly counted: boolean;
  readonly signals: readonly ('failing' | 'disable-requested' | 'recovered')[];
}

export interface LaneSkipping extends Skipping {
  /** False where there was nothing to skip any more. */
  done(skipped: boolean): void;
}

export interface LaneTurn extends Turn {
  readonly lane: Lane;
  readonly items: Push<LaneDelivery>;
}

/** What carries a lane's effects out. */
export interface LaneShell {
  give(lane: Lane, input: LaneInput<LaneDelivery>): void;
  startAttempt(turn: LaneTurn): void;
}

/** What the shell keeps of a lane beside the decider's state. */
export interface Lane {
  readonly name: LaneName;
  readonly integration: LanedIntegration;
  readonly shell: LaneShell;
  state: LaneState<LaneDelivery>;
  /** Asked for, and not ended. */
  turn: LaneTurn | null;
  ended: EndedAttempt | null;
  /** Journal offsets that are needed until the lane's next write. */
  needsAtStore: number[];
  /** Deletes of rows that are not carried out yet. */
  deletes: number;
  /** An admin gives the exhausted head up; until its record is written. */
  skipping: LaneSkipping | null;
}

/** An integration whose deliveries this partition holds: what its lanes share. */
export interface LanedIntegration {
  readonly id: string;
  readonly lanes: Map<string, Lane>;
  /** What its lanes' attempts pass before they take their turns. */
  readonly gate: IntegrationGate<LaneTurn>;
  tenantId: string;
  run: FailureRun;
  /** Of the last journal record. */
  sequence: number;
  /** The newest that is known; null: it does not exist. */
  configuration: IntegrationConfiguration | null;
  origin: string;
  /** Mean of what an attempt took, for how long a queue would take. */
  meanAttemptMs: number;
}

/** What the lanes of an integration go by; of one that does not exist everything is discarded. */
export function rulesOf(configuration: IntegrationConfiguration | null, run: FailureRun): LaneRules {
  return {
    permission: permissionOf(configuration, run),
    discardBefore: configuration?.discardBefore ?? 0,
    version: configuration?.version ?? 0,
    batch: configuration?.settings.batch ?? { maxItems: 1, maxWaitMs: 0 },
  };
}

/** A stop ends only on a higher enablement. */
function permissionOf(configuration: IntegrationConfiguration | null, run: FailureRun): LanePermission {
  if (configuration === null || configuration.deleted) return 'discard';
  if (configuration.state === 'disabled') return 'hold';
  return run.stopped !== null && run.enablement >= configuration.enablement ? 'hold' : 'send';
}

export function gateBoundsOf(configuration: IntegrationConfiguration | null): GateBounds {
  const { ordering, rateLimit } = configuration?.settings ?? {};
  return {
    maxConcurrency: ordering === undefined || ordering.mode === 'strict' ? 1 : ordering.maxConcurrency,
    perSecond: rateLimit?.perSecond ?? null,
  };
}

export function originOf(configuration: IntegrationConfiguration | null): string {
  try {
    return new URL(configuration?.settings.url ?? '').origin;
  } catch {
    return '';
  }
}

/** Whether nothing would be lost with it: a lane that flows is made anew with its next delivery. */
export function isIdle({ state, turn, ended, needsAtStore, deletes, skipping }: Lane): boolean {
  const { phase, head, queue, storing, unsure, loading, outcomes } = state;
  const isEmpty = phase === 'flowing' && head === null && queue.length === 0 && storing === null && !unsure && !loading;
  const isDone = turn === null && ended === null && skipping === null && outcomes.length === 0;
  return isEmpty && isDone && needsAtStore.length === 0 && deletes === 0;
}
