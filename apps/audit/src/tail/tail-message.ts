import { eventLogItem } from '../event-log/event-log-item.js';
import { toIso } from '../read/times.js';
import { RECONNECT_DELAY_MS } from './tail.bounds.js';
import type { TailRow } from './tail.store.js';
import { encodeTailCursor, type TailPosition } from './tail-position.js';

/** Why a stream cannot go on where a reader left it: too long ago, too much since, or not an id of this database. */
export type GapReason = 'too_old' | 'too_many' | 'unknown';

const idLine = (position: TailPosition, nowMs: number) => `id: ${encodeTailCursor({ position, issuedAtMs: nowMs })}\n`;

/** One attempt, as lists show it. */
export function attemptMessage({ line, position }: TailRow, nowMs: number): string {
  return `${idLine(position, nowMs)}event: attempt\ndata: ${JSON.stringify(eventLogItem(line))}\n\n`;
}

/** `sinceMs`: attempts from about then on were missed; lists have them. */
export function gapMessage(reason: GapReason, sinceMs: number, position: TailPosition, nowMs: number): string {
  return `${idLine(position, nowMs)}event: gap\ndata: ${JSON.stringify({ reason, since: toIso(sinceMs) })}\n\n`;
}

/** Without data nothing is dispatched, but the id is kept: who breaks off before the first attempt resumes too. */
export function greeting(position: TailPosition, nowMs: number): string {
  return `retry: ${RECONNECT_DELAY_MS}\n${idLine(position, nowMs)}\n`;
}

/** The id moves on, so that one whose filters match rarely does not grow too old. */
export function heartbeat(position: TailPosition, nowMs: number): string {
  return `: still here\n${idLine(position, nowMs)}\n`;
}
