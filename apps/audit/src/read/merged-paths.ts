import { isBehind, type ListPosition, newestFirst } from './list-page.js';

/** A row that a path led to. */
export interface PathRow<Row> {
  path: number;
  row: Row;
  position: ListPosition;
  /** Whether the row belongs to the list; else it only tells how far the path was gone. */
  matched: boolean;
  /** Whether the path ends here because so many rows were looked at. */
  gaveUp: boolean;
}

export interface MergedRows<Row> {
  rows: Row[];
  /** No path was gone beyond this position; null where all were gone to their ends. */
  stoppedAt: ListPosition | null;
}

/**
 * One list of what several paths led to, each path's rows newest first. Behind the position where the first of them
 * stopped there may be rows that nobody has seen, so that nothing there is taken. Of a path with as many rows as were
 * wanted nobody knows what follows.
 */
export function mergedPaths<Row>(found: readonly PathRow<Row>[], wanted: number): MergedRows<Row> {
  const stoppedAt = newestOf(stopsOf(found, wanted));
  const matched = found.filter((one) => one.matched);
  // One path's rows are in the database's order, and end where it did.
  const isOne = found.every(({ path }) => path === found[0]?.path);
  return { rows: (isOne ? matched : inOrder(matched, stoppedAt)).map(({ row }) => row), stoppedAt };
}

function stopsOf<Row>(found: readonly PathRow<Row>[], wanted: number): ListPosition[] {
  const matched = new Map<number, number>();
  const stops: ListPosition[] = [];
  for (const { path, position, matched: isMatch, gaveUp } of found) {
    const count = (matched.get(path) ?? 0) + (isMatch ? 1 : 0);
    matched.set(path, count);
    if (gaveUp || (isMatch && count === wanted)) stops.push(position);
  }
  return stops;
}

function newestOf(positions: readonly ListPosition[]): ListPosition | null {
  return positions.toSorted(newestFirst)[0] ?? null;
}

/** A row may have come by more than one path. */
function inOrder<Row>(rows: readonly PathRow<Row>[], stoppedAt: ListPosition | null): readonly PathRow<Row>[] {
  const known = rows.filter(({ position }) => !(stoppedAt && isBehind(position, stoppedAt)));
  const sorted = known.toSorted((a, b) => newestFirst(a.position, b.position));
  return sorted.filter(({ position: { atMs, key } }, index) => {
    const before = sorted[index - 1]?.position;
    return atMs !== before?.atMs || key !== before.key;
  });
}
