import { first } from './fifo.js';
import type { Lane, LanedIntegration } from './lane.js';

/**
 * When the oldest delivery that has not ended was routed, of lanes that are not stopped; null where nothing waits. Rows are
 * looked up now and then; until then it is known since when their integration fails.
 */
export function oldestUndeliveredMs(lanes: readonly Lane[], laned: Iterable<LanedIntegration>): number | null {
  let oldest: number | null = null;
  for (const integration of laned) {
    const { permission, sleepers } = integration;
    const atMs = permission === 'hold' || sleepers.rows === 0 ? null : oldestRowMs(integration);
    if (atMs !== null && (oldest === null || atMs < oldest)) oldest = atMs;
  }
  for (const lane of lanes) {
    const atMs = lane.state.phase === 'stopped' ? null : oldestOf(lane);
    if (atMs !== null && (oldest === null || atMs < oldest)) oldest = atMs;
  }
  return oldest;
}

function oldestOf({ state, integration }: Lane): number | null {
  const { head, loaded, queue, storing } = state;
  if (head !== null && head.status !== 'waiting') return routedAtMs(head.items[0]);
  const next = first(loaded);
  if (next !== null) return routedAtMs(next);
  if (state.rows > 0) return oldestRowMs(integration);
  const waiting = storing?.items[0] ?? first(queue);
  return waiting === null ? null : routedAtMs(waiting);
}

const oldestRowMs = (integration: LanedIntegration): number | null =>
  integration.oldestRowMs ?? integration.run.failingSinceMs;

const routedAtMs = ({ envelope }: { envelope: { routedAt: string } }): number => Date.parse(envelope.routedAt);
