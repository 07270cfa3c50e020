import { DAY_MS } from '../partitions/utc-day.js';
import type { ListPosition } from './list-page.js';

/** A part of a list's time. Unix milliseconds. */
export interface ListWindow {
  /** Inclusive; null: from the beginning of all time. */
  fromMs: number | null;
  /** Exclusive; null: without an end, or ended by the position that the page goes on behind. */
  toMs: number | null;
}

export interface ListSpan {
  /** Unix milliseconds, inclusive. */
  since?: number;
  /** Unix milliseconds, exclusive. */
  until?: number;
}

/**
 * How far each window reaches back from where the page begins, before the last one takes the rest. Planning a statement
 * costs more for each partition that it may touch than reading a page does, and most pages end in the first window.
 */
const REACHES_MS = [2, 9].map((days) => days * DAY_MS);

/** The windows in which a page is looked for one after the other, newest first; together they are the whole span. */
export function windowsOf(nowMs: number, { since, until }: ListSpan, after: ListPosition | null): ListWindow[] {
  const ends = [until, after?.atMs].filter((end) => end !== undefined);
  const beginMs = Math.min(nowMs, ...ends);
  const edges = REACHES_MS.map((reachMs) => beginMs - reachMs).filter((edge) => since === undefined || edge > since);
  const tos = [until ?? null, ...edges];
  return tos.map((toMs, index) => ({ fromMs: edges[index] ?? since ?? null, toMs }));
}
