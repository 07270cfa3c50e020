import type { DeliveryEnvelope } from '@hookstile/contracts';
import { Count, Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { first, take } from './fifo.js';
import type { Lane } from './lane.js';
import type { LaneName, LaneStore, StoredLane } from './lane.store.js';
import type { LanePhase } from './lane.types.js';
import { isExhausted } from './lane-draft.js';
import { inMemory } from './lane-memory.js';

/** The attempt that comes next. */
const upcoming = { attempt: Type.Integer({ minimum: 1 }), nextAttemptAt: Nullable(Time) };

export const LaneView = Type.Object({
  key: Type.String({ description: 'Of a strict integration: `main`.' }),
  state: Type.Enum(['flowing', 'parked', 'draining', 'stopped']),
  head: Nullable(Type.Object({ deliveryId: Type.String(), eventId: Type.String(), ...upcoming })),
  waiting: Count,
  oldestAt: Nullable(Time),
  blockedBy: Nullable(Type.Enum(['retry', 'disabled', 'rate_limit', 'exhausted', 'bounds'])),
});
export type LaneView = Static<typeof LaneView>;

export const WaitingView = Type.Object({
  deliveryId: Type.String(),
  eventId: Type.String(),
  eventSource: Type.String(),
  eventType: Type.String(),
  ...upcoming,
  waitingSince: Type.String({ format: 'date-time', description: 'When it was routed to the integration.' }),
});
export type WaitingView = Static<typeof WaitingView>;

export interface Waiting {
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

/** What a lane has in memory, in order: perhaps rows too. */
function waitingInMemory({ state }: Lane, after: number): Waiting[] {
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
  for (const waiting of known ? waitingInMemory(known, after) : []) byOffset.set(waiting.offset, waiting);
  const ended = known?.state.endedThrough ?? -1;
  const [rows] = await store.waiting([{ lane, after: Math.max(after, ended), limit }]);
  for (const row of rows ?? []) byOffset.set(row.offset, row);
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset).slice(0, limit);
}

/** How much waits in a lane that this process has in memory. */
export function countWaiting({ state }: Lane): number {
  return state.rows + inMemory(state).count;
}

/** What comes first in a lane, as far as it is in memory. */
export function firstInMemory({ state }: Lane): Waiting | null {
  const { head, loaded, rows, storing, queue } = state;
  if (head?.status === 'running' || head?.status === 'failed') return head.items[0];
  const next = first(loaded);
  if (next !== null || rows > 0) return next;
  return storing?.items[0] ?? first(queue);
}

/** A lane in memory. `front` is what comes first in it; null where nothing waits. */
export function laneView(lane: Lane, front: Waiting | null, nowMs: number): LaneView {
  const { state, name } = lane;
  return {
    key: name.key,
    state: STATES[state.phase],
    waiting: countWaiting(lane),
    blockedBy: blockOf(lane, nowMs),
    ...headOf(front),
  };
}

function blockOf({ state, turn, integration }: Lane, nowMs: number): LaneView['blockedBy'] {
  const { head, phase, rules } = state;
  if (phase === 'stopped') return 'disabled';
  if (head === null) return null;
  if (head.status === 'running') {
    if (turn === null) return null;
    return integration.gate.isBegun(turn) ? null : (integration.gate.blockOf(turn, nowMs) ?? 'bounds');
  }
  const next = head.status === 'failed' ? head.items[0] : head;
  if (isExhausted(rules, next)) return 'exhausted';
  return next.attempt === 1 ? 'bounds' : 'retry';
}

/** A lane that exists as rows only. */
export function storedLaneView(
  { name, rows, first: { dueAtMs, exhaustedUnder, attempt } }: StoredLane,
  front: Waiting | null,
  integration: { isStopped: boolean; version: number },
): LaneView {
  const waitsFor = dueAtMs === null ? null : attempt === 1 ? 'bounds' : 'retry';
  const isHeldByHead = isExhausted(integration, { exhaustedUnder });
  return {
    key: name.key,
    state: integration.isStopped ? 'stopped' : 'parked',
    waiting: rows,
    blockedBy: integration.isStopped ? 'disabled' : isHeldByHead ? 'exhausted' : waitsFor,
    ...headOf(front),
  };
}

function headOf(front: Waiting | null): Pick<LaneView, 'head' | 'oldestAt'> {
  if (front === null) return { head: null, oldestAt: null };
  const { envelope, attempt, dueAtMs } = front;
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
