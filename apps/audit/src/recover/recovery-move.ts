import type { IntegrationConfiguration } from '@hookstile/contracts';
import { FOLLOWED_AFTER_STOP_MS, PENDING_MIN, PENDING_SECONDS, RUNNING_MAX_MS } from './recovery.bounds.js';
import type { StopReason } from './recovery.types.js';
import type { WorkState } from './recovery-work.store.js';

/** What is to be done next about a recovery. */
export type Move =
  | { kind: 'tell'; what: 'start' | 'stop' }
  | { kind: 'stop'; reason: StopReason }
  | { kind: 'send'; count: number }
  | { kind: 'drop' }
  | { kind: 'done' }
  | { kind: 'close' }
  /** For the rate to allow more, or for endings. */
  | { kind: 'wait'; for: 'rate' | 'endings' };

export interface Circumstances {
  integration: Pick<IntegrationConfiguration, 'state' | 'deleted'> | undefined;
  /** How many the rate allows now. */
  allowed: number;
  nowMs: number;
}

/** Tells before it sends, so that the audit log names a recovery before its deliveries come. */
export function moveOf(state: WorkState, circumstances: Circumstances): Move {
  if (!state.startTold) return { kind: 'tell', what: 'start' };
  // They may have been handed over by who claimed them; once more changes nothing, and then they are counted.
  if (state.claimed > 0) return { kind: 'send', count: state.claimed };
  return state.recovery.status === 'stopped'
    ? moveOfStopped(state, circumstances)
    : moveOfRunning(state, circumstances);
}

function moveOfRunning(state: WorkState, { integration, allowed, nowMs }: Circumstances): Move {
  const { recovery, pending, waiting } = state;
  if (waiting === 0 && pending === 0) return { kind: 'done' };
  const reason = stopReasonOf(integration, nowMs - recovery.startedAtMs);
  if (reason !== null) return { kind: 'stop', reason };
  const room = pendingMaxOf(recovery.ratePerSecond) - pending;
  const count = Math.min(waiting, room);
  if (count <= 0) return { kind: 'wait', for: 'endings' };
  return allowed > 0 ? { kind: 'send', count: Math.min(count, allowed) } : { kind: 'wait', for: 'rate' };
}

function moveOfStopped({ recovery, pending, waiting, stopTold }: WorkState, { nowMs }: Circumstances): Move {
  if (waiting > 0) return { kind: 'drop' };
  if (!stopTold) return { kind: 'tell', what: 'stop' };
  const forMs = nowMs - (recovery.finishedAtMs ?? nowMs);
  return pending === 0 || forMs >= FOLLOWED_AFTER_STOP_MS ? { kind: 'close' } : { kind: 'wait', for: 'endings' };
}

export function stopReasonOf(integration: Circumstances['integration'], runningMs: number): StopReason | null {
  if (!integration || integration.deleted) return 'integration_deleted';
  if (integration.state === 'disabled') return 'integration_disabled';
  return runningMs >= RUNNING_MAX_MS ? 'timeout' : null;
}

export function pendingMaxOf(ratePerSecond: number): number {
  return Math.max(PENDING_MIN, ratePerSecond * PENDING_SECONDS);
}
