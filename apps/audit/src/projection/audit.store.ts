import type { ListStores } from '../export/snapshot.store.js';
import type { StatsStore } from '../stats/stats.store.js';
import type { TailStore } from '../tail/tail.store.js';
import type { ProjectionStore } from './projection.store.js';

/** What the projections write to and the views read from. */
export interface AuditStores extends ListStores {
  projections: ProjectionStore;
  tail: TailStore;
  stats: StatsStore;
}
