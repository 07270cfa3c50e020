import type { LaneItem, LaneState } from './lane.types.js';
import { isExhausted } from './lane-draft.js';

/** Whether nothing of it is on its way but new rows: no attempt, no read, no outcome that is not in the journal. */
function isStill<I extends LaneItem>(state: LaneState<I>): boolean {
  const { gate, outcomes, unsure, loading, loaded, catchUp, skip } = state;
  const isSettled = gate === null && outcomes.length === 0 && skip === null && catchUp === null;
  return isSettled && !unsure && !loading && loaded.length === 0;
}

/** Rows of a stopped lane up to here may be discarded behind its back; null: none may. */
export function discardableThrough<I extends LaneItem>(state: LaneState<I>): number | null {
  if (state.phase !== 'stopped' || state.head !== null || !isStill(state)) return null;
  // What is being written may be rows already, and is written again where the answer is lost.
  const next = state.storing?.items[0]?.offset;
  return next === undefined ? Number.POSITIVE_INFINITY : next - 1;
}

/**
 * When a lane that exists as rows, and waits for nothing but time or an admin, is due: it may be forgotten until then.
 * Infinity: not before a change of its integration. Null: it must stay in memory.
 */
export function dueOfSleeper<I extends LaneItem>(state: LaneState<I>): number | null {
  const { phase, head, queue, storing, rows, rules } = state;
  if (rows <= 0 || queue.length > 0 || storing !== null || !isStill(state)) return null;
  if (phase === 'stopped') return head === null ? Number.POSITIVE_INFINITY : null;
  if (phase !== 'parked' || head?.status !== 'waiting') return null;
  if (head.dueAtMs !== null) return head.dueAtMs;
  return isExhausted(rules, head) ? Number.POSITIVE_INFINITY : null;
}
