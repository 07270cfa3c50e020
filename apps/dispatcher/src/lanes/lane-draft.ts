import { emptyFifo, push, take } from './fifo.js';
import type { LaneHead, LaneItem, LanePermission, LaneState, OpenOutcome } from './lane.types.js';

/** The lane's copy of its state while one input is applied; nobody else sees it before it is returned. */
export type Draft<I extends LaneItem> = { -readonly [K in keyof LaneState<I>]: LaneState<I>[K] };

/** Opens an outcome under which deliveries end (none: only recorded). */
export function openOutcome<I extends LaneItem>(lane: Draft<I>, ended: readonly I[], stored: boolean): number {
  const id = lane.nextOutcome;
  const ends = ended.length === 0 ? null : stored ? 'rows' : 'offsets';
  const outcome: OpenOutcome = { id, offsets: ended.map((item) => item.offset), ends };
  lane.nextOutcome = id + 1;
  lane.outcomes = [...lane.outcomes, outcome];
  if (stored) lane.rows -= ended.length;
  for (const item of ended) lane.endedThrough = Math.max(lane.endedThrough, item.offset);
  return id;
}

/** The head was not attempted: it is the next again. Where what is behind it has rows, it needs one before them. */
export function putBack<I extends LaneItem>(lane: Draft<I>, head: Extract<LaneHead<I>, { item: I }>): void {
  lane.head = null;
  if (head.stored) {
    forgetLoaded(lane);
    return;
  }
  if (lane.phase === 'flowing') {
    lane.queue = push(push(emptyFifo<I>(), [head.item]), take(lane.queue, lane.queue.length).taken);
    lane.queueBytes += head.item.bytes;
    return;
  }
  lane.head = { status: 'failed', item: head.item, stored: false };
  if (lane.phase !== 'stopped') lane.phase = 'parking';
  forgetLoaded(lane);
}

/** What was read can be read again, but for what is being attempted; a read under way comes back useless. */
export function forgetLoaded<I extends LaneItem>(lane: Draft<I>): void {
  lane.loaded = emptyFifo();
  const running = lane.head?.status === 'running' && lane.head.stored ? lane.head.item.offset : -1;
  lane.readThrough = Math.max(lane.endedThrough, running);
  lane.loadStale = lane.loading;
}

export function isDiscarded(
  lane: { readonly permission: LanePermission; readonly discardBefore: number },
  item: { readonly version: number },
): boolean {
  return lane.permission === 'discard' || item.version < lane.discardBefore;
}
