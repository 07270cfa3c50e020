import type { IntegrationConfiguration, IntegrationSignal } from '@hookstile/contracts';
import type { PushVerdict } from './retry-policy.js';

export type StopReason = 'consecutive_failures' | 'gone';

/** An integration's failures since its last success, across its lanes, as the journal tells them. */
export interface FailureRun {
  /** The enablement that the run belongs to; a higher one begins anew. */
  readonly enablement: number;
  readonly consecutiveFailures: number;
  /** The first failed attempt since the last success, Unix milliseconds. */
  readonly failingSinceMs: number | null;
  readonly stopped: StopReason | null;
  /** The journal sequence that this is the state after. */
  readonly sequence: number;
}

export interface FoldedAttempt {
  readonly verdict: PushVerdict;
  readonly httpStatus: number | null;
  readonly endedAtMs: number;
  readonly sequence: number;
}

export interface Folded {
  readonly run: FailureRun;
  /** Whether the run changed: it is stored before the integration's next attempt. */
  readonly counted: boolean;
  readonly signals: readonly IntegrationSignal['type'][];
}

type Rules = Pick<IntegrationConfiguration, 'enablement' | 'settings'>;

export function noFailures(enablement: number): FailureRun {
  return { enablement, consecutiveFailures: 0, failingSinceMs: null, stopped: null, sequence: 0 };
}

/** Enabling resets the count, and is the only end of a stop. */
export function underEnablement(run: FailureRun, enablement: number): FailureRun {
  return enablement > run.enablement ? { ...noFailures(enablement), sequence: run.sequence } : run;
}

/** Folds the end of an attempt into the run. What ends after the stop is shown but changes nothing. */
export function foldAttempt(before: FailureRun, attempt: FoldedAttempt, rules: Rules): Folded {
  const run = underEnablement(before, rules.enablement);
  const { verdict, sequence } = attempt;
  if (run.stopped !== null) return { run, counted: false, signals: [] };
  if (verdict === 'delivered') return foldSuccess(run, sequence);
  const failed = hasFailed(verdict);
  const failures = run.consecutiveFailures + (failed ? 1 : 0);
  const failingSinceMs = run.failingSinceMs ?? attempt.endedAtMs;
  const stopped = stopReason(failures, failingSinceMs, attempt, rules.settings);
  const signals: IntegrationSignal['type'][] = [];
  if (failed && failures === 1) signals.push('failing');
  if (stopped !== null) signals.push('disable-requested');
  return { run: { ...run, consecutiveFailures: failures, failingSinceMs, stopped, sequence }, counted: true, signals };
}

function foldSuccess(run: FailureRun, sequence: number): Folded {
  if (run.failingSinceMs === null) return { run, counted: false, signals: [] };
  const signals: IntegrationSignal['type'][] = run.consecutiveFailures > 0 ? ['recovered'] : [];
  return { run: { ...noFailures(run.enablement), sequence }, counted: true, signals };
}

/** All of a push's attempts have ended: it failed, or is exhausted and holds its lane. */
function hasFailed(verdict: PushVerdict): boolean {
  return verdict === 'failed' || (typeof verdict === 'object' && verdict.exhaustedUnder !== null);
}

function stopReason(
  failures: number,
  failingSinceMs: number,
  { verdict, httpStatus, endedAtMs }: FoldedAttempt,
  { disableAfter, disableAfterMs, retry }: IntegrationConfiguration['settings'],
): StopReason | null {
  if (verdict === 'failed' && httpStatus !== null && retry.disableOn.includes(httpStatus)) return 'gone';
  if (hasFailed(verdict) && disableAfter !== null && failures >= disableAfter) return 'consecutive_failures';
  return disableAfterMs !== null && endedAtMs - failingSinceMs >= disableAfterMs ? 'consecutive_failures' : null;
}
