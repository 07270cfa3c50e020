import { type Metrics, metrics } from '@hookstile/service-runtime';

const TAKEOVER_BOUNDARIES_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** `released`: given to another member of the group, or at a stop; `lost`: another process had taken it. */
export type LeaseChange = 'taken' | 'suspended' | 'resumed' | 'released' | 'lost';

/** What the dispatcher counts as it happens; attempts are counted where they are made. */
export interface DispatcherCounts {
  leaseChanged(change: LeaseChange): void;
  rebalanced(): void;
  takenOver(durationMs: number): void;
}

export function dispatcherCounts(instruments: Pick<Metrics, 'counter' | 'histogram'> = metrics): DispatcherCounts {
  const leases = instruments.counter('dispatcher.lease.changes', {
    description: 'Leases by what became of them: taken, suspended, resumed, released, lost.',
    unit: '{lease}',
  });
  const rebalances = instruments.counter('dispatcher.rebalances', {
    description: 'Assignments of partitions by the group.',
    unit: '{rebalance}',
  });
  const takeovers = instruments.histogram('dispatcher.takeover.duration', {
    description: 'Time from a lease to the first record that is decided under it.',
    unit: 's',
    boundaries: TAKEOVER_BOUNDARIES_S,
  });
  return {
    leaseChanged: (change) => leases.add(1, { change }),
    rebalanced: () => rebalances.add(1),
    takenOver: (durationMs) => takeovers.record(durationMs / 1_000),
  };
}
