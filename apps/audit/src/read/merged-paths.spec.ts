import { describe, expect, it } from 'vitest';
import { mergedPaths, type PathRow } from './merged-paths.js';

const row = (path: number, atMs: number, more: Partial<PathRow<number>> = {}): PathRow<number> => ({
  ...{ path, row: atMs, position: { atMs, key: 'k' }, matched: true, gaveUp: false },
  ...more,
});
const at = (atMs: number) => ({ atMs, key: 'k' });

describe('rows of several paths', () => {
  it('are one list, newest first, each row once', () => {
    const found = [row(0, 9), row(0, 5), row(1, 7), row(1, 5)];
    expect(mergedPaths(found, 10)).toEqual({ rows: [9, 7, 5], stoppedAt: null });
  });

  it('end where the first path gave up: behind it there may be rows that nobody has seen', () => {
    const found = [row(0, 9), row(0, 6, { matched: false, gaveUp: true }), row(1, 7), row(1, 5)];
    expect(mergedPaths(found, 10)).toEqual({ rows: [9, 7], stoppedAt: at(6) });
  });

  it('end at the last row of a path that has as many as were wanted', () => {
    expect(mergedPaths([row(0, 9), row(0, 8), row(1, 7)], 2)).toEqual({ rows: [9, 8], stoppedAt: at(8) });
  });

  it('hold the row at which a path gave up, where it matches', () => {
    expect(mergedPaths([row(0, 4, { gaveUp: true })], 10)).toEqual({ rows: [4], stoppedAt: at(4) });
  });

  it('of one path stay in the order of the database', () => {
    expect(mergedPaths([row(0, 5), row(0, 9)], 10).rows).toEqual([5, 9]);
  });
});
