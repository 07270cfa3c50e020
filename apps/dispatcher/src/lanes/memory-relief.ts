import { first } from './fifo.js';
import { LANE_DRAIN_MAX_MS } from './lane.bounds.js';
import { gateBoundsOf, type Lane, type LanedIntegration } from './lane.js';

export interface ReliefOptions {
  /** What it has in memory behind its head goes to rows. */
  toRows(lane: Lane): void;
  /** What it would attempt, and has not begun, goes to rows too. */
  putOff(lane: Lane): void;
}

/**
 * With the memory of all short, an integration that is slow, and has more in memory than it would send for a while, goes
 * to rows, so that it does not hold up the others. It is slow if it was so at the look before as well: the process itself
 * stands still for moments, as while it takes in what it fetched, and the mean of who was under way then is high for the
 * next few attempts.
 */
export function relieve(integration: LanedIntegration, slowAttemptMs: number, { toRows, putOff }: ReliefOptions): void {
  const { lanes, configuration, gate, wasSlow } = integration;
  const meanAttemptMs = integration.meanAttemptMs ?? 0;
  const atATime = Math.min(gateBoundsOf(configuration).maxConcurrency, Math.max(1, lanes.size));
  const drainMs = (waitingOf(integration) * meanAttemptMs) / atATime;
  integration.wasSlow = meanAttemptMs > slowAttemptMs && drainMs > LANE_DRAIN_MAX_MS;
  if (!integration.wasSlow || !wasSlow) return;
  for (const lane of [...lanes.values()]) if (lane.state.queue.length > 0) toRows(lane);
  const keep = Math.ceil((LANE_DRAIN_MAX_MS * atATime) / meanAttemptMs);
  for (const { lane } of gate.lastBeyond(keep)) putOff(lane);
}

function waitingOf({ lanes, gate }: LanedIntegration): number {
  let waiting = gate.waitingCount;
  for (const { state } of lanes.values()) waiting += state.queue.length;
  return waiting;
}

/** What waits in memory at or before this offset goes to rows: while it waits there, the partition's checkpoint does. */
export function moveOn({ lanes }: LanedIntegration, through: number, { toRows, putOff }: ReliefOptions): void {
  for (const lane of [...lanes.values()]) {
    const { head, queue } = lane.state;
    const oldest = first(queue)?.offset ?? Number.POSITIVE_INFINITY;
    if (oldest <= through) toRows(lane);
    if (head?.status === 'running' && head.items[0].offset <= through) putOff(lane);
  }
}
