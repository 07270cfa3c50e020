import { PUSH_MAX_ITEMS } from '@hookstile/contracts';
import type { BacklogRow, LaneName, LaneStore } from './lane.store.js';

/**
 * Of the oldest rows of a backlog, those that may go without a push that failed being torn: its members stay together.
 * A push some of whose members are not among the rows stays whole, but where it comes first: then it goes, whole and
 * alone.
 */
export async function wholePushes(
  store: Pick<LaneStore, 'waiting'>,
  name: Omit<LaneName, 'key'>,
  rows: readonly BacklogRow[],
): Promise<readonly BacklogRow[]> {
  const torn = await tornLanes(store, name, rows);
  const [oldest] = rows;
  const last = oldest && torn.get(oldest.key);
  if (oldest === undefined || last === undefined || !areTogether(oldest, last)) {
    return rows.filter((row) => !areTogether(row, torn.get(row.key)));
  }
  const lane = { ...name, key: oldest.key };
  const [behind = []] = await store.waiting([{ lane, after: last.offset, limit: PUSH_MAX_ITEMS }]);
  return [...rows, ...behind.map((row) => ({ ...row, key: oldest.key }))].filter((row) => areTogether(row, oldest));
}

/** Of the rows up to here, those whose push has no member behind it. */
export function wholeThrough(rows: readonly BacklogRow[], through: number): readonly BacklogRow[] {
  const behind = rows.filter(({ offset }) => offset > through);
  return rows.filter((row) => row.offset <= through && !behind.some((other) => areTogether(row, other)));
}

/** The last row of each lane whose push has more members. */
async function tornLanes(
  store: Pick<LaneStore, 'waiting'>,
  name: Omit<LaneName, 'key'>,
  rows: readonly BacklogRow[],
): Promise<ReadonlyMap<string, BacklogRow>> {
  const lastOf = new Map(rows.map((row) => [row.key, row]));
  const asked = [...lastOf.values()].filter(({ push }) => push !== null);
  if (asked.length === 0) return new Map();
  const requests = asked.map(({ key, offset }) => ({ lane: { ...name, key }, after: offset, limit: 1 }));
  const next = await store.waiting(requests);
  const isTorn = ({ push }: BacklogRow, index: number) => next[index]?.[0]?.push === push;
  return new Map(asked.filter(isTorn).map((row) => [row.key, row]));
}

function areTogether(row: BacklogRow, other: BacklogRow | undefined): boolean {
  return other !== undefined && row.push !== null && row.key === other.key && row.push === other.push;
}
