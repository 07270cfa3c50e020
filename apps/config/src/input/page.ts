import { decodeCursor, encodeCursor, parseListQuery } from '@hookstile/service-runtime';
import type { ReadModelPage, ReadModelRow } from '../read-models/read-model.store.js';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** A page of a list: reads one row more than asked for, to know whether there is another page. */
export async function readPage(
  query: unknown,
  read: (page: ReadModelPage) => Promise<ReadModelRow[]>,
): Promise<Page<ReadModelRow>> {
  const { limit, cursor } = parseListQuery(query, {});
  const before = cursor === null ? null : decodeCursor(cursor, isPosition);
  const rows = await read({ limit: limit + 1, before });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(last.position) : null };
}
