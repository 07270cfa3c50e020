import { describe, expect, it } from 'vitest';
import { type ListPosition, pageOf, pageRequestOf } from './list-page.js';

const at = (atMs: number): ListPosition => ({ atMs, key: `row_${atMs}` });
const page = (rows: readonly ListPosition[], stoppedAt: ListPosition | null) =>
  pageOf(
    { rows, stoppedAt },
    2,
    (row) => row,
    ({ key }) => key,
  );
const positionIn = (cursor: string | null) => pageRequestOf({ limit: 2, cursor }).after;

describe('a page of a list', () => {
  it('ends the list where no more rows follow', () => {
    expect(page([at(3), at(2)], null)).toEqual({ items: ['row_3', 'row_2'], nextCursor: null });
  });

  it('goes on behind its last row where one more was found, wherever the search ended', () => {
    const { items, nextCursor } = page([at(3), at(2), at(1)], at(0));
    expect(items).toEqual(['row_3', 'row_2']);
    expect(positionIn(nextCursor)).toEqual(at(2));
  });

  it.each([[[at(3)]], [[]]])('goes on where the search gave up, short as it is: %j', (rows) => {
    const { items, nextCursor } = page(rows, at(0));
    expect(items).toHaveLength(rows.length);
    expect(positionIn(nextCursor)).toEqual(at(0));
  });
});
