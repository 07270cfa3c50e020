import { ProblemError, parseListQuery } from '@hookstile/service-runtime';
import { instant, oneOf, text } from '../read/filters.js';
import { BUCKET_MS, BUCKETS, BUCKETS_DEFAULT, BUCKETS_MAX, KEPT_MS } from './stats.bounds.js';
import type { StatsQuery } from './stats.store.js';

export const STATS_PARAMETERS = {
  integrationId: text,
  since: instant,
  until: instant,
  bucket: oneOf(BUCKETS),
};

/** Times have four-digit years. */
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Statistics are no list: they have no pages. */
const LIST_PARAMETERS = ['limit', 'cursor'];

/** Reads the query of statistics: whole buckets around `since` and `until`. Throws `malformed` (400). */
export function statsQuery(query: unknown, nowMs: number): StatsQuery {
  const { filters } = parseListQuery(query, STATS_PARAMETERS);
  for (const name of LIST_PARAMETERS) {
    if (Object.hasOwn(Object(query), name))
      throw new ProblemError('malformed', `${name}: not a parameter of this route`);
  }
  const bucket = filters.bucket ?? 'hour';
  const widthMs = BUCKET_MS[bucket];
  // The bucket that goes on has begun also where it is its first millisecond.
  const toMs = Math.ceil((filters.until ?? nowMs + 1) / widthMs) * widthMs;
  if (toMs > LAST_MS) throw new ProblemError('malformed', 'until: an earlier time is expected');
  const fromMs =
    filters.since === undefined
      ? toMs - BUCKETS_DEFAULT[bucket] * widthMs
      : Math.floor(filters.since / widthMs) * widthMs;
  if (fromMs >= toMs) throw new ProblemError('malformed', 'since: a time before until is expected');
  if ((toMs - fromMs) / widthMs > BUCKETS_MAX) {
    throw new ProblemError('malformed', `since: at most ${BUCKETS_MAX} buckets before until are answered`);
  }
  // Nothing would be found there, although there may have been attempts.
  if (fromMs < nowMs - KEPT_MS[bucket] - widthMs) {
    const keptDays = KEPT_MS[bucket] / BUCKET_MS.day;
    throw new ProblemError('malformed', `since: statistics by the ${bucket} are kept for ${keptDays} days`);
  }
  return { integrationId: filters.integrationId ?? null, bucket, fromMs, toMs };
}
