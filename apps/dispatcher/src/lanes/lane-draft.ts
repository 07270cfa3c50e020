import { emptyFifo, push, take } from './fifo.js';
import type { FirstRow, LaneHead, LaneItem, LaneRules, LaneState, OpenOutcome, Push } from './lane.types.js';

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
  if (ended.length > 0) {
    // Rows of what ended may be there for a while yet: of a failed head that is discarded, nothing was read since.
    lane.readThrough = Math.max(lane.readThrough, lane.endedThrough);
    lane.frontRows = 1;
    lane.frontIsDue = false;
  }
  return id;
}

/** The head was not attempted: it is the next again. Where what is behind it has rows, it needs one before them. */
export function putBack<I extends LaneItem>(lane: Draft<I>, head: Extract<LaneHead<I>, { stored: boolean }>): void {
  lane.head = null;
  if (head.stored) {
    forgetLoaded(lane);
    return;
  }
  if (lane.phase === 'flowing') {
    lane.queue = push(push(emptyFifo<I>(), head.items), take(lane.queue, lane.queue.length).taken);
    lane.queueBytes += bytesOf(head.items);
    lane.ripeThrough = head.items[0].offset;
    return;
  }
  lane.head = { status: 'failed', items: head.items, stored: false };
  if (lane.phase !== 'stopped') lane.phase = 'parking';
  forgetLoaded(lane);
}

/** The head waits for its next attempt, in rows: with what is behind it, or changed where it has some already. */
export function parkHead<I extends LaneItem>(lane: Draft<I>, items: Push<I>, stored: boolean): void {
  lane.head = { status: 'failed', items, stored };
  lane.frontRows = items.length;
  lane.frontIsDue = false;
  forgetLoaded(lane);
  if (lane.phase !== 'stopped') lane.phase = 'parking';
}

/** What a row says of its delivery, but for the bytes. */
export function rowOf({ offset, version, attempt, dueAtMs, push: together, exhaustedUnder }: LaneItem): FirstRow {
  return { offset, version, attempt, dueAtMs, push: together, exhaustedUnder };
}

/** What was read can be read again, but for what is being attempted; a read under way comes back useless. */
export function forgetLoaded<I extends LaneItem>(lane: Draft<I>): void {
  lane.loaded = emptyFifo();
  const running = lane.head?.status === 'running' && lane.head.stored ? lane.head.items.at(-1)?.offset : undefined;
  lane.readThrough = Math.max(lane.endedThrough, running ?? -1);
  lane.loadStale = lane.loading;
}

/** The rows that are in memory, and not in `queue`. */
export function rowsInMemory<I extends LaneItem>(lane: Draft<I>): number {
  return lane.loaded.length + (lane.head?.status === 'running' && lane.head.stored ? lane.head.items.length : 0);
}

export function bytesOf(items: readonly { readonly bytes: number }[]): number {
  let bytes = 0;
  for (const item of items) bytes += item.bytes;
  return bytes;
}

export function isDiscarded(rules: LaneRules, item: { readonly version: number }): boolean {
  return rules.permission === 'discard' || item.version < rules.discardBefore;
}

/** Whether its attempts are exhausted and nothing has changed since. */
export function isExhausted(
  { version }: Pick<LaneRules, 'version'>,
  item: { readonly exhaustedUnder: number | null },
): boolean {
  return item.exhaustedUnder !== null && item.exhaustedUnder >= version;
}
