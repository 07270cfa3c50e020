import { sumOf } from './fifo.js';
import type { LaneDelivery } from './lane.store.js';
import type { LaneState } from './lane.types.js';
import { bytesOf } from './lane-draft.js';

type State = LaneState<LaneDelivery>;

export interface InMemory {
  readonly count: number;
  readonly bytes: number;
}

/** What a lane keeps in memory because it is nowhere else: what is being written too, which can take as long as it likes. */
export function inMemory({ queue, queueBytes, storing, head }: State): InMemory {
  let count = queue.length;
  let bytes = queueBytes;
  if (storing !== null) {
    count += storing.items.length;
    bytes += bytesOf(storing.items);
  }
  const isCounted = head === null || head.status === 'waiting' || head.stored || storing?.head === true;
  if (!isCounted) {
    count += head.items.length;
    bytes += bytesOf(head.items);
  }
  return { count, bytes };
}

/** What a lane has in memory of its rows, as far as it has not begun to send it. */
export function loadedBytes(loaded: State['loaded']): number {
  return loaded.length === 0 ? 0 : sumOf(loaded, ({ bytes }) => bytes);
}
