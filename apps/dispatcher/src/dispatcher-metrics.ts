import { metrics } from '@hookstile/service-runtime';
import type { Dispatcher } from './dispatcher.js';
import type { LanePhase } from './lanes/lane.types.js';

const PHASES: readonly LanePhase[] = ['flowing', 'parking', 'parked', 'draining', 'stopped'];

/** Every gauge of the dispatcher; attempts are counted where they are made. Returns what ends them. */
export function observeDispatcher(dispatcher: Dispatcher): () => void {
  const lanes = () => dispatcher.partitions.runners.flatMap((runner) => runner.lanes);
  const ends = [
    metrics.gauge(
      'dispatcher.lag',
      { description: 'Deliveries that have not ended and are no rows.', unit: '{delivery}' },
      () => dispatcher.lag,
    ),
    metrics.gauge('dispatcher.parked', { description: 'Deliveries that wait as rows.', unit: '{delivery}' }, () =>
      lanes().reduce((sum, { state }) => sum + state.rows, 0),
    ),
    metrics.gauge(
      'dispatcher.queued',
      { description: 'Deliveries that wait in memory.', unit: '{delivery}' },
      () => dispatcher.memory.deliveries,
    ),
    metrics.gauge(
      'dispatcher.in_flight',
      { description: 'Attempts that are being made.', unit: '{attempt}' },
      () => dispatcher.turns.inFlight,
    ),
    metrics.gauge(
      'dispatcher.partitions',
      { description: 'Partitions owned.', unit: '{partition}' },
      () => dispatcher.partitions.runners.length,
    ),
    metrics.gauge('dispatcher.lanes', { description: 'Lanes by state.', unit: '{lane}' }, () => {
      const counts = new Map<LanePhase, number>(PHASES.map((phase) => [phase, 0]));
      for (const { state } of lanes()) counts.set(state.phase, (counts.get(state.phase) ?? 0) + 1);
      return [...counts].map(([state, value]) => ({ value, attributes: { state } }));
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
