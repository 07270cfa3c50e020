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

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

type CursorValue = [atMs: number, key: string];

function isCursorValue(value: unknown): value is CursorValue {
  return Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && typeof value[1] === 'string';
}

export function pageRequestOf(query: { limit: number; cursor: string | null }): PageRequest {
  if (query.cursor === null) return { limit: query.limit, after: null };
  const [atMs, key] = decodeCursor(query.cursor, isCursorValue);
  return { limit: query.limit, after: { atMs, key } };
}

/** One row more than the limit was read, to know whether there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => ListPosition,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = last && rows.length > limit ? encodeCursor(cursorOf(positionOf(last))) : null;
  return { items: shown.map(itemOf), nextCursor };
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
