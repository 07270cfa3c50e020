import { decodeCursor, encodeCursor } from '@hookstile/service-runtime';

/** Where a list goes on: behind the row with this time (Unix milliseconds) and key. */
export interface ListPosition {
  atMs: number;
  key: string;
}

export interface PageRequest {
  limit: number;
  after: ListPosition | null;
}

/** What a store found for a page, newest first: up to one row more than the limit shows whether more follow. */
export interface ListedRows<Row> {
  rows: readonly Row[];
  /**
   * Where it gave up before it had found as many: the list goes on behind this position, which is that of a row or lies
   * between two. Null where it looked through to the end, or did not need to.
   */
  stoppedAt: ListPosition | null;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Times have four-digit years, an offset's day more or less; beyond, Postgres and `Date` have none to compare with. */
const CURSOR_MIN_MS = Date.parse('0000-01-01T00:00:00Z') - 86_400_000;
const CURSOR_MAX_MS = Date.parse('9999-12-31T23:59:59.999Z') + 86_400_000;

type CursorValue = [atMs: number, key: string];

function isCursorValue(value: unknown): value is CursorValue {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [atMs, key] = value;
  const isTime = Number.isSafeInteger(atMs) && atMs >= CURSOR_MIN_MS && atMs <= CURSOR_MAX_MS;
  return isTime && typeof key === 'string' && !key.includes('\0');
}

export function pageRequestOf(query: { limit: number; cursor: string | null }): PageRequest {
  if (query.cursor === null) return { limit: query.limit, after: null };
  const [atMs, key] = decodeCursor(query.cursor, isCursorValue);
  return { limit: query.limit, after: { atMs, key } };
}

/** A page may be short, even empty, where the store gave up looking; its cursor then goes on from there. */
export function pageOf<Row, Item>(
  { rows, stoppedAt }: ListedRows<Row>,
  limit: number,
  positionOf: (row: Row) => ListPosition,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = last && rows.length > limit ? positionOf(last) : stoppedAt;
  return { items: shown.map(itemOf), nextCursor: next && encodeCursor(cursorOf(next)) };
}

function cursorOf({ atMs, key }: ListPosition): CursorValue {
  return [atMs, key];
}

/** Newest first; of one time, by key from the end: the order of all lists, in Postgres and in fakes. */
export function isBehind(position: ListPosition, after: ListPosition): boolean {
  return position.atMs < after.atMs || (position.atMs === after.atMs && position.key < after.key);
}

export function newestFirst(a: ListPosition, b: ListPosition): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  return a.key < b.key ? 1 : -1;
}
