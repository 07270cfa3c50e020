import { setTimeout as pause } from 'node:timers/promises';
import { ProblemError } from '@hookstile/service-runtime';
import { HORIZON_RETRY_DELAY_MS, HORIZON_TRIES_MAX, RESUME_MAX_AGE_MS, RESUME_MAX_ROWS } from './tail.bounds.js';
import type { TailStore } from './tail.store.js';
import type { GapReason } from './tail-message.js';
import { endOf, type TailCursor, type TailPosition } from './tail-position.js';

/** Where a stream begins, and what it could not resume. */
export interface TailStart {
  position: TailPosition;
  gap: { reason: GapReason; sinceMs: number } | null;
}

/** A stream without a cursor begins with what becomes visible from now on. */
export async function tailStart(
  store: TailStore,
  tenantId: string,
  cursor: TailCursor | null,
  nowMs: number,
): Promise<TailStart> {
  const now = endOf(await knownHorizon(store));
  if (!cursor) return { position: now, gap: null };
  const reason = await gapReason(store, tenantId, cursor, now.flush, nowMs);
  if (!reason) return { position: cursor.position, gap: null };
  const { issuedAtMs, position } = cursor;
  return { position: now, gap: { reason, sinceMs: Math.min(issuedAtMs, position.row?.atMs ?? issuedAtMs, nowMs) } };
}

async function gapReason(
  store: TailStore,
  tenantId: string,
  { position, issuedAtMs }: TailCursor,
  horizon: number,
  nowMs: number,
): Promise<GapReason | null> {
  // A database that was restored counts its flushes again from where the backup stood.
  if (position.flush > horizon) return 'unknown';
  if (nowMs - issuedAtMs > RESUME_MAX_AGE_MS) return 'too_old';
  return (await store.hasMoreThan(RESUME_MAX_ROWS, tenantId, position)) ? 'too_many' : null;
}

async function knownHorizon(store: TailStore): Promise<number> {
  for (let tries = 0; tries < HORIZON_TRIES_MAX; tries += 1) {
    const horizon = await store.horizon();
    if (horizon !== null) return horizon;
    await pause(HORIZON_RETRY_DELAY_MS);
  }
  throw new ProblemError('unavailable', 'the event log is being written without a pause; try again');
}
