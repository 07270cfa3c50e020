import type { DecisionCode, Verdict } from '@hookstile/contracts';
import type { ActivityLogRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';

export interface ActivityLogFilters {
  ruleId?: string;
  decision?: Verdict;
  code?: DecisionCode;
  username?: string;
  /** Unix milliseconds, inclusive. */
  since?: number;
  /** Unix milliseconds, exclusive. */
  until?: number;
}

/** Decisions, by `at` and `id`. */
export interface ActivityLogStore {
  list(tenantId: string, filters: ActivityLogFilters, page: PageRequest): Promise<ListedRows<ActivityLogRow>>;
  get(tenantId: string, id: string): Promise<ActivityLogRow | null>;
}

export const ACTIVITY_LOG_STORE = Symbol('ActivityLogStore');
