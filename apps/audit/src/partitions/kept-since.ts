import { DAY_MS, dayOf } from './utc-day.js';

/** What one setting of retention is about. Deliveries go with their events, which name them. */
export type KeptKind = 'events' | 'attempts' | 'activity-log';

/** Days that rows of a kind are kept; 0 for ever. */
export type KeptDays = Readonly<Record<KeptKind, number>>;

/** When the oldest day of each kind begins that is not dropped, in Unix milliseconds. */
export type KeptSinceMs = Readonly<Record<KeptKind, number>>;

export const ALL_KEPT: KeptSinceMs = {
  events: Number.NEGATIVE_INFINITY,
  attempts: Number.NEGATIVE_INFINITY,
  'activity-log': Number.NEGATIVE_INFINITY,
};

export function keptSinceMs(kept: KeptDays, nowMs: number): KeptSinceMs {
  const since = (days: number) => (days === 0 ? Number.NEGATIVE_INFINITY : (dayOf(nowMs) - days) * DAY_MS);
  return { events: since(kept.events), attempts: since(kept.attempts), 'activity-log': since(kept['activity-log']) };
}
