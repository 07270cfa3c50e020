import type { AttemptError } from '@hookstile/contracts';
import { latencyBucketSql } from './latency-histogram.js';

/**
 * What attempts are tallied by, beside how they ended: one number each, so that all tallies of a row are one small array
 * that adds up. From 0 on the buckets of latencies, from 1,000 on the HTTP statuses, below 0 the errors. Stored: a number
 * never gets another meaning.
 */
const FIRST_STATUS = 1_000;
/** No HTTP status is above 999; the contract's numbers could be too large a number here. */
const STATUS_MAX = 999_999;

const ERROR_KINDS: Readonly<Record<AttemptError, number>> = {
  http_status: -1,
  redirect: -2,
  timeout: -3,
  dns: -4,
  connect: -5,
  reset: -6,
  tls: -7,
  blocked_address: -8,
  response_invalid: -9,
  oauth_token: -10,
  request_unbuildable: -11,
  aborted: -12,
};

export const statusKind = (status: number) => FIRST_STATUS + Math.min(status, STATUS_MAX);
export const errorKind = (error: AttemptError) => ERROR_KINDS[error];
export const latencyKind = (bucket: number) => bucket;

const ERROR_KIND_SQL = `case error ${Object.entries(ERROR_KINDS)
  .map(([error, kind]) => `when '${error}' then ${kind}`)
  .join(' ')} end`;

/** The kinds of the attempt whose columns are in reach, as SQL values; null where it has none. */
export const TALLY_KINDS_SQL: readonly string[] = [
  `${FIRST_STATUS} + least(http_status, ${STATUS_MAX})`,
  ERROR_KIND_SQL,
  latencyBucketSql('duration_ms'),
];

/** How often there was each kind: the kinds in any order, each once, and the count of each. */
export interface Tallies {
  kinds: readonly number[];
  counts: readonly number[];
}

/** Tallies by what they are about: by HTTP status, by error, and latencies by bucket. */
export interface SortedTallies {
  byStatus: Record<string, number>;
  byError: Record<string, number>;
  latencies: [bucket: number, count: number][];
}

const ERROR_OF = new Map(Object.entries(ERROR_KINDS).map(([error, kind]) => [kind, error]));

/** In one pass, for an answer can have a hundred thousand of them. */
export function sortedTallies({ kinds, counts }: Tallies): SortedTallies {
  const sorted: SortedTallies = { byStatus: {}, byError: {}, latencies: [] };
  kinds.forEach((kind, index) => {
    const count = counts[index] ?? 0;
    if (kind >= FIRST_STATUS) sorted.byStatus[kind - FIRST_STATUS] = count;
    else if (kind >= 0) sorted.latencies.push([kind, count]);
    else sorted.byError[ERROR_OF.get(kind) ?? 'unknown'] = count;
  });
  return sorted;
}
