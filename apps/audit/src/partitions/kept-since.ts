import type { KeptDays } from './partition-keeper.js';
import type { KeptKind } from './partitioned-tables.js';
import { DAY_MS, dayOf } from './utc-day.js';

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
