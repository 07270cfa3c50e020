import { decodeCursor, encodeCursor } from '@hookstile/service-runtime';

/** Behind a row of a flush, or, with `row: null`, behind the whole flush. */
export interface TailPosition {
  flush: number;
  row: { atMs: number; attemptId: string } | null;
}

/** The id of a message: where a stream goes on, and when (Unix milliseconds) that was given out. */
export interface TailCursor {
  position: TailPosition;
  issuedAtMs: number;
}

type CursorValue = [flush: number, issuedAtMs: number] | [flush: number, issuedAtMs: number, atMs: number, id: string];

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isCursorValue(value: unknown): value is CursorValue {
  if (!Array.isArray(value) || !isCount(value[0]) || !isCount(value[1])) return false;
  if (value.length === 2) return true;
  const [, , atMs, id] = value;
  // Beyond, a `Date` has no value that Postgres takes.
  const isTime = Number.isSafeInteger(atMs) && Math.abs(atMs) <= MAX_TIME_MS;
  return value.length === 4 && isTime && typeof id === 'string' && !id.includes('\0');
}

const MAX_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');

export function encodeTailCursor({ position: { flush, row }, issuedAtMs }: TailCursor): string {
  const value: CursorValue = row ? [flush, issuedAtMs, row.atMs, row.attemptId] : [flush, issuedAtMs];
  return encodeCursor(value);
}

/** Throws `malformed` for what no stream gave out. */
export function decodeTailCursor(text: string): TailCursor {
  const [flush, issuedAtMs, atMs, attemptId] = decodeCursor(text, isCursorValue);
  const row = atMs === undefined || attemptId === undefined ? null : { atMs, attemptId };
  return { position: { flush, row }, issuedAtMs };
}

export const endOf = (flush: number): TailPosition => ({ flush, row: null });

/** Rows of one flush are shown by time, then by id. */
export function isAfter(one: TailPosition, other: TailPosition): boolean {
  if (one.flush !== other.flush) return one.flush > other.flush;
  if (one.row === null || other.row === null) return one.row === null && other.row !== null;
  if (one.row.atMs !== other.row.atMs) return one.row.atMs > other.row.atMs;
  return one.row.attemptId > other.row.attemptId;
}
