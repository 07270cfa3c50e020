import { type Measurement, type Metrics, metrics } from '@hookstile/service-runtime';
import type { Dispatcher } from './dispatcher.js';
import type { LanePhase } from './lanes/lane.types.js';
import { oldestUndeliveredMs } from './lanes/oldest-undelivered.js';

const PHASES: readonly LanePhase[] = ['flowing', 'parking', 'parked', 'draining', 'stopped'];

type Observed = Pick<Dispatcher, 'partitions' | 'memory' | 'turns' | 'lag'>;

/** Every gauge of the dispatcher; none has more series than the process has partitions. Returns what ends them. */
export function observeDispatcher(
  dispatcher: Observed,
  nowMs: () => number,
  { gauge }: Pick<Metrics, 'gauge'> = metrics,
): () => void {
  const { partitions } = dispatcher;
  const lanes = () => partitions.runners.flatMap((runner) => runner.lanes);
  const ends = [
    gauge(
      'dispatcher.lag',
      { description: 'Deliveries that have not ended and are no rows.', unit: '{delivery}' },
      () => dispatcher.lag,
    ),
    gauge('dispatcher.parked', { description: 'Deliveries that wait as rows, by why.', unit: '{delivery}' }, () => {
      let [parked, held] = [0, 0];
      for (const { state } of lanes()) {
        if (state.phase === 'stopped') held += state.rows;
        else parked += state.rows;
      }
      for (const { permission, sleepers } of partitions.runners.flatMap(({ laned }) => [...laned])) {
        if (permission === 'hold') held += sleepers.rows;
        else parked += sleepers.rows;
      }
      return [
        { value: parked, attributes: { state: 'parked' } },
        { value: held, attributes: { state: 'held' } },
      ];
    }),
    gauge(
      'dispatcher.queued',
      { description: 'Deliveries that wait in memory.', unit: '{delivery}' },
      () => dispatcher.memory.deliveries,
    ),
    gauge(
      'dispatcher.in_flight',
      { description: 'Attempts that are being made.', unit: '{attempt}' },
      () => dispatcher.turns.inFlight,
    ),
    gauge(
      'dispatcher.partitions',
      { description: 'Partitions owned.', unit: '{partition}' },
      () => partitions.runners.length,
    ),
    gauge(
      'dispatcher.partitions.standing',
      { description: 'Partitions owned that nothing is taken in of; readiness says why.', unit: '{partition}' },
      () => partitions.problems.length,
    ),
    gauge('dispatcher.lanes', { description: 'Lanes in memory, by state.', unit: '{lane}' }, () => {
      const counts = new Map<LanePhase, number>(PHASES.map((phase) => [phase, 0]));
      for (const { state } of lanes()) counts.set(state.phase, (counts.get(state.phase) ?? 0) + 1);
      return [...counts].map(([state, value]) => ({ value, attributes: { state } }));
    }),
    gauge(
      'dispatcher.undelivered.age',
      { description: 'Age of the oldest delivery of a partition that has not ended and is not held.', unit: 's' },
      () =>
        partitions.runners.map(({ fence, lanes: own, laned }): Measurement => {
          const oldestMs = oldestUndeliveredMs(own, laned);
          const value = oldestMs === null ? 0 : Math.max(0, nowMs() - oldestMs) / 1_000;
          return { value, attributes: { partition: fence.partition } };
        }),
    ),
    gauge('dispatcher.lease.epoch', { description: 'Epoch of each lease that is held.', unit: '1' }, () =>
      partitions.runners.map(({ fence }) => ({ value: fence.epoch, attributes: { partition: fence.partition } })),
    ),
    gauge(
      'dispatcher.checkpoint.age',
      { description: 'How long what a successor would read has not been all that there is to know.', unit: 's' },
      () =>
        [...partitions.checkpointAgesMs].map(([partition, ageMs]) => ({
          value: ageMs / 1_000,
          attributes: { partition },
        })),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}
