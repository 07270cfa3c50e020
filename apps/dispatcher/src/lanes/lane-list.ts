import { LIST_LANES_MAX, LIST_ROWS_MAX } from './lane.bounds.js';
import type { Lane } from './lane.js';
import type { LaneName, LaneStore } from './lane.store.js';
import { countWaiting, firstInMemory, type LaneView, laneView, storedLaneView, type Waiting } from './lane-views.js';

export interface LaneListOptions {
  store: LaneStore;
  partition: number;
  integrationId: string;
  /** Those that this process has in memory. */
  lanes: readonly Lane[];
  isStopped: boolean;
  version: number;
  /** Monotonic. */
  nowMs: number;
}

export interface LanePage {
  items: LaneView[];
  /** The offset to go on behind, or null. */
  next: number | null;
}

interface Place {
  readonly offset: number;
  readonly name: LaneName;
  readonly lane: Lane | null;
  readonly front: Waiting | null;
}

/**
 * An integration's lanes with something waiting, in memory and as rows only, by whose first delivery came first. Of many
 * lanes a page can be short, or empty, before the last: so many rows are looked at for one.
 */
export async function listLanes(options: LaneListOptions, after: number, limit: number): Promise<LanePage> {
  const [awake, { asleep, through }] = await Promise.all([
    placesInMemory(options),
    placesInRows(options, after, limit),
  ]);
  const inMemory = new Set(awake.map(({ name }) => name.key));
  const places = [...awake, ...asleep.filter(({ name }) => !inMemory.has(name.key))]
    .filter(({ offset }) => offset > after && offset <= (through ?? Number.POSITIVE_INFINITY))
    .sort((a, b) => a.offset - b.offset);
  const page = places.slice(0, limit);
  const next = places.length > limit ? (page.at(-1)?.offset ?? null) : through;
  return { items: await viewsOf(options, page), next };
}

export async function viewOfLane(options: LaneListOptions, lane: Lane): Promise<LaneView> {
  const [place] = await placesInMemory({ ...options, lanes: [lane] });
  return laneView(lane, place?.front ?? null, options.nowMs);
}

async function placesInMemory({ store, lanes }: LaneListOptions): Promise<Place[]> {
  const waiting = lanes.filter((lane) => countWaiting(lane) > 0);
  const unknown = waiting.filter((lane) => firstInMemory(lane) === null);
  const requests = unknown.map(({ name, state }) => ({ lane: name, after: state.endedThrough, limit: 1 }));
  const rows = requests.length === 0 ? [] : await store.waiting(requests);
  const read = new Map(unknown.map((lane, index) => [lane, rows[index]?.[0] ?? null]));
  return waiting.flatMap((lane) => {
    const front = firstInMemory(lane) ?? read.get(lane) ?? null;
    // What it had ended while its rows were read.
    return front === null ? [] : [{ offset: front.offset, name: lane.name, lane, front }];
  });
}

/** Few lanes, however many rows they have, are found at once; of many, those that have waited longest are looked for. */
async function placesInRows(
  options: LaneListOptions,
  after: number,
  limit: number,
): Promise<{ asleep: Place[]; through: number | null }> {
  const { store, partition, integrationId, lanes } = options;
  const all = await store.lanePage({ partition, integrationId, after: null, limit: LIST_LANES_MAX });
  const request = { partition, integrationId, after, limit: limit + 1 + lanes.length, rows: LIST_ROWS_MAX };
  const found = all.length < LIST_LANES_MAX ? { lanes: all, through: null } : await store.longestWaiting(request);
  const asleep = found.lanes.map(({ name, first: { offset } }) => ({ offset, name, lane: null, front: null }));
  return { asleep, through: found.through };
}

async function viewsOf(options: LaneListOptions, places: readonly Place[]): Promise<LaneView[]> {
  const { store, nowMs } = options;
  const names = places.filter(({ lane }) => lane === null).map(({ name }) => name);
  const [stored, rows] =
    names.length === 0
      ? [[], []]
      : await Promise.all([store.lanes(names), store.waiting(names.map((lane) => ({ lane, after: -1, limit: 1 })))]);
  const ofRows = new Map(
    names.map(({ key }, index) => [key, { lane: stored[index], front: rows[index]?.[0] ?? null }]),
  );
  return places.flatMap(({ name, lane, front }) => {
    if (lane !== null) return [laneView(lane, front, nowMs)];
    const found = ofRows.get(name.key);
    return found?.lane ? [storedLaneView(found.lane, found.front, options)] : [];
  });
}
