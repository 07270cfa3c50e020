import type { IntegrationSignal } from '@hookstile/contracts';
import type { Integration } from '../integrations/integration.decider.js';
import type { FailureRun } from '../read-models/read-model.store.js';
import { RUNS_TOLD_MAX, RUNS_TOLD_WINDOW_MS } from './operational-event.bounds.js';

export interface FollowedRun {
  run: FailureRun;
  /** What is to be told, or null. */
  tells: 'failing' | 'recovered' | null;
}

/** What a run must know of its integration. */
export type RunOwner = { status: 'absent' } | Pick<Integration, 'status' | 'state' | 'enablement'>;

/**
 * What a signal makes of an integration's failure run. Null: the signal, or a later one, was taken in before. A recovery is
 * told exactly where its failure was, and nothing of a run that an enabling or a disabling has overtaken.
 */
export function followRun(
  before: FailureRun | null,
  signal: IntegrationSignal,
  integration: RunOwner,
): FollowedRun | null {
  if (before !== null && signal.sequence <= before.sequence) return null;
  const { integrationId, enablement, sequence, consecutiveFailures, type } = signal;
  const { toldSinceMs, toldCount } = windowAt(before, Date.parse(signal.at));
  const run = { integrationId, enablement, sequence, consecutiveFailures, toldSinceMs, toldCount };
  const isCurrent =
    integration.status === 'present' && integration.state === 'enabled' && integration.enablement === enablement;
  const wasTold = before?.told === true && before.enablement === enablement;
  if (type === 'recovered') {
    return { run: { ...run, told: false }, tells: isCurrent && wasTold ? 'recovered' : null };
  }
  if (type !== 'failing') return { run: { ...run, told: wasTold }, tells: null };
  if (!isCurrent || toldCount >= RUNS_TOLD_MAX) return { run: { ...run, told: false }, tells: null };
  return { run: { ...run, told: true, toldCount: toldCount + 1 }, tells: 'failing' };
}

/**
 * What a signal that is told to nobody makes of a run, whatever its integration is: nothing was told of what it ends, or as
 * much was told as may be. Null where the integration has to be asked.
 */
export function followQuietly(before: FailureRun | null, signal: IntegrationSignal): FailureRun | null {
  if (signal.type !== 'failing' && signal.type !== 'recovered') return null;
  const { enablement } = signal;
  const followed = followRun(before, signal, { status: 'present', state: 'enabled', enablement });
  return followed?.tells === null ? followed.run : null;
}

/** By the signals' own time, so that a replay comes to the same; a clock that was ahead and returned closes no window for long. */
function windowAt(before: FailureRun | null, atMs: number): Pick<FailureRun, 'toldSinceMs' | 'toldCount'> {
  const isOver = before === null || Math.abs(atMs - before.toldSinceMs) >= RUNS_TOLD_WINDOW_MS;
  if (isOver) return { toldSinceMs: atMs, toldCount: 0 };
  return { toldSinceMs: before.toldSinceMs, toldCount: before.toldCount };
}
