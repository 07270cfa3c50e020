import type { AttemptOutcome, AttemptRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';

export interface EventLogFilters {
  integrationId?: string;
  eventId?: string;
  deliveryId?: string;
  eventType?: string;
  httpStatus?: number;
  outcome?: AttemptOutcome;
  error?: string;
  trigger?: string;
  /** Unix milliseconds, inclusive. */
  since?: number;
  /** Unix milliseconds, exclusive. */
  until?: number;
  /** What is searched for: `isFound`. */
  q?: string;
}

export type EventLogLine = Omit<AttemptRow, 'requestBody' | 'responseBody'>;

/** Attempts, by `at` and `attemptId`. */
export interface EventLogStore {
  list(tenantId: string, filters: EventLogFilters, page: PageRequest): Promise<ListedRows<EventLogLine>>;
  get(tenantId: string, attemptId: string): Promise<AttemptRow | null>;
}

export const EVENT_LOG_STORE = Symbol('EventLogStore');
