import type { IntegrationConfiguration, IntegrationSignal } from '@hookstile/contracts';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import type { Skipping } from '../journal/journal-records.js';
import type { FailureRun } from './failure-run.js';
import type { GateBounds, IntegrationGate } from './integration-gate.js';
import type { LaneDelivery, LaneName } from './lane.store.js';
import type { LaneInput, LanePermission, LaneRules, LaneState, Push } from './lane.types.js';
import { dueOfSleeper } from './lane-sleep.js';
import type { PushVerdict } from './retry-policy.js';
import type { SparseMap } from './sparse-map.js';
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
  readonly signals: readonly IntegrationSignal['type'][];
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

/** When a lane's next attempt is due. */
export interface LaneDue {
  /** The time of day that its row says. */
  readonly storedMs: number;
  /** What was said at first: the row is put right where the wall clock is. */
  readonly firstMs: number;
  /** The same on the monotonic clock, as of when it was said, or read. */
  readonly monotonicMs: number;
}

/** The same of a lane that sleeps. */
export interface SleepingDue extends LaneDue {
  /** Of its first row. */
  readonly offset: number;
  /** How often its integration had been enabled when it fell asleep. */
  readonly enabled: number;
  storedMs: number;
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
  /** Of its head, where that waits for a time. */
  due: LaneDue | null;
  /** Journal offsets that are needed until the lane's next write. */
  needsAtStore: number[];
  /** Deletes of rows that are not carried out yet. */
  deletes: number;
  /** It was woken: it counts among those that are awake. */
  woken: boolean;
  /** An admin gives the exhausted head up; until its record is written. */
  skipping: LaneSkipping | null;
}

/** A lane that is on its way from rows into memory, and what came for it meanwhile. */
export interface WakingLane {
  readonly items: LaneDelivery[];
  readonly awake: ((lane: Lane | null) => void)[];
  /** It was held: what its rows hold is due whatever they say. */
  wasHeld: boolean;
}

/** What an integration has beside its lanes in memory: lanes that exist only as rows. */
export interface Sleepers {
  /** Whether there may be any; else a lane that is not in memory has no rows. */
  may: boolean;
  /** About how many rows they have. */
  rows: number;
  /** How many lanes ever went to sleep. */
  slept: number;
  readonly waking: SparseMap<string, WakingLane>;
  /** Of those that went to sleep here, so many as are remembered. */
  readonly dues: SparseMap<string, SleepingDue>;
  /** Of these, how many are being looked up. */
  lookups: number;
  /** How many of its lanes in memory were woken. */
  woken: number;
  /** How often lanes were passed over that are due, or went to sleep although they are; 0: none sleeps. */
  owed: number;
  /** When the first of these is due; Infinity: none. */
  owedFromMs: number;
  /** How often what it held was let go. */
  enabled: number;
  /** All its lanes are looked at, in the order of their keys: behind `after`. `held`: what they hold is due. */
  review: { after: string | null; readonly held: boolean } | null;
  looking: boolean;
}

/** How the backlog of a stopped integration is kept within its bounds. */
export interface HeldBacklog {
  /** Rows from here on may not be journaled as held. */
  untoldFrom: number;
  /** When its bounds are looked at again. */
  lookAtMs: number;
  /** When its rows were counted; monotonic. */
  countedAtMs: number;
  tending: boolean;
  /** While rows are discarded its lanes stay stopped, and none is woken. */
  discarding: boolean;
  /** Waits for the lookups that are under way. */
  looked: (() => void) | null;
  signalledAtMs: number;
  /** How far lanes had ended that were forgotten while rows were read: what was read may have gone since. */
  readonly forgotten: SparseMap<string, number>;
}

/** An integration whose deliveries this partition holds: what its lanes share. */
export interface LanedIntegration {
  readonly id: string;
  readonly lanes: SparseMap<string, Lane>;
  /** What its lanes' attempts pass before they take their turns. */
  readonly gate: IntegrationGate<LaneTurn>;
  tenantId: string;
  run: FailureRun;
  /** Of the last journal record. */
  sequence: number;
  /** The newest that is known; null: it does not exist. */
  configuration: IntegrationConfiguration | null;
  origin: string;
  /** Mean of what an attempt took, for how long a queue would take; null before the first. */
  meanAttemptMs: number | null;
  /** Whether it was slow, and had much to send, when it was last looked at with memory short. */
  wasSlow: boolean;
  /** What its lanes were told last. */
  permission: LanePermission;
  /** When the delivery of its oldest row was routed, at the last look; null: it had none, or was not looked at. */
  oldestRowMs: number | null;
  readonly sleepers: Sleepers;
  readonly held: HeldBacklog;
}

/** One of its lanes sleeps although it is due, or soon will be. */
export function owe({ sleepers }: LanedIntegration, dueAtMs: number): void {
  sleepers.owed += 1;
  sleepers.owedFromMs = Math.min(sleepers.owedFromMs, dueAtMs);
}

const ALONE = { maxItems: 1, maxWaitMs: 0 };

/** What the lanes of an integration go by; of one that does not exist everything is discarded. */
export function rulesOf({
  configuration,
  run,
  held,
}: Pick<LanedIntegration, 'configuration' | 'run' | 'held'>): LaneRules {
  return {
    permission: held.discarding ? 'hold' : permissionOf(configuration, run),
    discardBefore: configuration?.discardBefore ?? 0,
    version: configuration?.version ?? 0,
    // Of one delivery there is no batch to wait for.
    batch:
      configuration === null || configuration.settings.ordering.mode === 'unordered'
        ? ALONE
        : configuration.settings.batch,
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
export function isIdle(lane: Lane): boolean {
  const { phase, head, queue, storing, unsure, loading, outcomes } = lane.state;
  const isEmpty = phase === 'flowing' && head === null && queue.length === 0 && storing === null && !unsure && !loading;
  return isEmpty && outcomes.length === 0 && isSettled(lane);
}

/** When a lane that may be forgotten is due, as `dueOfSleeper` says; null: it must stay in memory. */
export function sleeperDue(lane: Lane): number | null {
  return isSettled(lane) ? dueOfSleeper(lane.state) : null;
}

/** Whether nothing that the shell does for it is under way. */
function isSettled({ turn, ended, needsAtStore, deletes, skipping }: Lane): boolean {
  return turn === null && ended === null && skipping === null && needsAtStore.length === 0 && deletes === 0;
}
