import type { ListedRows, PageRequest } from '../read/list-page.js';
import type { NewRecovery, RecoveryRow, RecoveryStatus, Selection, StartKey, StopReason } from './recovery.types.js';

export interface RecoveryFilters {
  integrationId?: string;
  status?: RecoveryStatus;
}

/** What a request with the same key has started before. */
export interface StartedBefore {
  outcome: 'started-before';
  recovery: RecoveryRow;
  fingerprint: string;
}

export type Started =
  | { outcome: 'started'; recovery: RecoveryRow }
  | StartedBefore
  /** Another request with the same key is being carried out. */
  | { outcome: 'in-flight' }
  /** One of the integration is running. */
  | { outcome: 'running'; id: string }
  | { outcome: 'too-many-deliveries' }
  | { outcome: 'too-many-of-tenant' }
  | { outcome: 'too-many' };

export interface Stop {
  reason: StopReason;
  atMs: number;
  by: RecoveryRow['startedBy'];
}

/** Recoveries, by `startedAt` and `id`. */
export interface RecoveryListStore {
  list(tenantId: string, filters: RecoveryFilters, page: PageRequest): Promise<ListedRows<RecoveryRow>>;
}

/** What the routes ask besides. */
export interface RecoveryStore {
  /** Exact, by what the views show now. */
  count(selection: Selection): Promise<number>;
  /** Fixes the set: what ends later, or is shown later as ended, is not in it. One key starts one recovery. */
  start(recovery: NewRecovery, key: StartKey | null): Promise<Started>;
  startedBefore(tenantId: string, key: StartKey): Promise<StartedBefore | null>;
  get(tenantId: string, id: string): Promise<RecoveryRow | null>;
  /** Stops a running one; one that is not running stays as it is. Null: there is none. */
  stop(tenantId: string, id: string, stop: Stop): Promise<RecoveryRow | null>;
}

export const RECOVERY_STORE = Symbol('RecoveryStore');
