import type { DeliveryEnvelope } from '@hookstile/contracts';
import { take } from './fifo.js';
import type { Lane } from './lane.js';
import type { LaneName, LaneStore } from './lane.store.js';
import type { LanePhase } from './lane.types.js';

export interface LaneView {
  key: string;
  state: 'flowing' | 'parked' | 'draining' | 'stopped';
  head: { deliveryId: string; eventId: string; attempt: number; nextAttemptAt: string | null } | null;
  waiting: number;
  oldestAt: string | null;
  blockedBy: null | 'retry' | 'disabled';
}

export interface WaitingView {
  deliveryId: string;
  eventId: string;
  eventSource: string;
  eventType: string;
  attempt: number;
  nextAttemptAt: string | null;
  /** When it was routed to the integration. */
  waitingSince: string;
}

interface Waiting {
  readonly offset: number;
  readonly envelope: DeliveryEnvelope;
  readonly attempt: number;
  readonly dueAtMs: number | null;
}

const STATES: Record<LanePhase, LaneView['state']> = {
  flowing: 'flowing',
  parking: 'parked',
  parked: 'parked',
  draining: 'draining',
  stopped: 'stopped',
};

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function inMemory({ state }: Lane, after: number): Waiting[] {
  const head = state.head?.status === 'waiting' || state.head === null ? [] : state.head.items;
  const all = [...head, ...(state.storing?.items ?? []), ...take(state.queue, state.queue.length).taken];
  return all.filter(({ offset }) => offset > after);
}

/** What waits in a lane behind an offset, oldest first, in memory and in rows. */
async function waitingIn(
  store: LaneStore,
  lane: LaneName,
  known: Lane | null,
  after: number,
  limit: number,
): Promise<Waiting[]> {
  const byOffset = new Map<number, Waiting>();
  for (const waiting of known ? inMemory(known, after) : []) byOffset.set(waiting.offset, waiting);
  const ended = known?.state.endedThrough ?? -1;
  const rows = await store.waiting({ lane, after: Math.max(after, ended), limit });
  for (const row of rows) byOffset.set(row.offset, row);
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset).slice(0, limit);
}

/** A lane that this process owns; null where nothing waits in it. */
export async function laneView(store: LaneStore, lane: Lane): Promise<LaneView | null> {
  const { state, name } = lane;
  const memory = inMemory(lane, -1).length;
  const headRows = state.head?.status === 'waiting' || !state.head?.stored ? 0 : state.head.items.length;
  const waiting = state.rows + memory - headRows;
  if (waiting === 0) return null;
  const [first] = await waitingIn(store, name, lane, -1, 1);
  const retrying = state.head?.status === 'waiting' || state.head?.status === 'failed';
  const blockedBy = state.phase === 'stopped' ? 'disabled' : retrying ? 'retry' : null;
  return { key: name.key, state: STATES[state.phase], waiting, blockedBy, ...headOf(first ?? null) };
}

/** A lane of another process's partition, as its rows tell; what waits in that process's memory is not seen. */
export async function storedLaneView(store: LaneStore, name: LaneName, stopped: boolean): Promise<LaneView | null> {
  const stored = await store.lane(name);
  if (stored === null) return null;
  const [first] = await waitingIn(store, name, null, -1, 1);
  const { dueAtMs } = stored.first;
  const blockedBy = stopped ? 'disabled' : dueAtMs === null ? null : 'retry';
  return {
    key: name.key,
    state: stopped ? 'stopped' : 'parked',
    waiting: stored.rows,
    blockedBy,
    ...headOf(first ?? null),
  };
}

function headOf(first: Waiting | null): Pick<LaneView, 'head' | 'oldestAt'> {
  if (first === null) return { head: null, oldestAt: null };
  const { envelope, attempt, dueAtMs } = first;
  return {
    head: {
      deliveryId: envelope.deliveryId,
      eventId: envelope.event.id,
      attempt,
      nextAttemptAt: instantOrNull(dueAtMs),
    },
    oldestAt: envelope.routedAt,
  };
}

/** A page of what waits; `next` is the offset to go on behind, or null. */
export async function waitingPage(
  store: LaneStore,
  name: LaneName,
  known: Lane | null,
  after: number,
  limit: number,
): Promise<{ items: WaitingView[]; next: number | null }> {
  const found = await waitingIn(store, name, known, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ envelope, attempt, dueAtMs }) => ({
      deliveryId: envelope.deliveryId,
      eventId: envelope.event.id,
      eventSource: envelope.event.source,
      eventType: envelope.event.type,
      attempt,
      nextAttemptAt: instantOrNull(dueAtMs),
      waitingSince: envelope.routedAt,
    })),
    next: found.length > limit && last ? last.offset : null,
  };
}
