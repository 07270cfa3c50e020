import { type Fifo, first, take, withoutFirst } from './fifo.js';
import { PUSH_MAX_BYTES, PUSH_MAX_NAME_BYTES } from './lane.bounds.js';
import type { LaneItem, LaneRules, Push } from './lane.types.js';
import { isDiscarded } from './lane-draft.js';

export interface NextPush<I extends LaneItem> {
  readonly items: Push<I>;
  /** Whether what comes behind could still join it. */
  readonly open: boolean;
  readonly rest: Fifo<I>;
}

/**
 * What goes out together next: what failed together before, or as many as the batch's bounds allow. What was attempted
 * alone stays alone.
 */
export function nextPush<I extends LaneItem>(queue: Fifo<I>, rules: LaneRules): NextPush<I> | null {
  const head = first(queue);
  if (head === null) return null;
  const rest = withoutFirst(queue);
  const items: [I, ...I[]] = [head];
  const alone = head.push === null && head.attempt > 1;
  if (alone || (head.push === null && rules.batch.maxItems === 1)) return { items, open: false, rest };
  return join(items, rest, rules);
}

/** Whether members of the push are still on their way from the log. */
export function isTorn(items: readonly LaneItem[]): boolean {
  const last = items.at(-1);
  return last?.push != null && last.pushEnd !== null && last.offset < last.pushEnd;
}

/** Splits off up to `count`, but no part of a push: what failed together becomes rows together. */
export function takeWhole<I extends LaneItem>(queue: Fifo<I>, count: number): { taken: I[]; rest: Fifo<I> } {
  const { taken, rest } = take(queue, count);
  const last = taken.at(-1);
  if (last === undefined || !isTorn(taken)) return { taken, rest };
  const whole = taken.findIndex(({ push }) => push === last.push);
  return take(queue, whole);
}

function join<I extends LaneItem>(items: [I, ...I[]], behind: Fifo<I>, rules: LaneRules): NextPush<I> {
  const [head] = items;
  let { bytes, nameBytes } = head;
  let rest = behind;
  for (;;) {
    if (head.push === null && items.length >= rules.batch.maxItems) return { items, open: false, rest };
    const item = first(rest);
    if (item === null) return { items, open: head.push === null, rest };
    bytes += item.bytes;
    nameBytes += item.nameBytes;
    const fits = bytes <= PUSH_MAX_BYTES && nameBytes <= PUSH_MAX_NAME_BYTES;
    const joins = head.push === null ? fits && isFresh(item, head, rules) : item.push === head.push;
    if (!joins) return { items, open: false, rest };
    items.push(item);
    rest = withoutFirst(rest);
  }
}

function isFresh(item: LaneItem, head: LaneItem, rules: LaneRules): boolean {
  const untried = item.push === null && item.attempt === 1 && item.dueAtMs === null;
  return untried && item.trigger === head.trigger && !isDiscarded(rules, item);
}
