import { latencyBucketSql } from './latency-histogram.js';

/**
 * What attempts are tallied by, beside how they ended: a text each, so that a status or an error that this release does
 * not know needs no column. `status:200`, `error:timeout`, `latency:141` (a bucket of the histogram).
 */
export const STATUS = 'status:';
export const ERROR = 'error:';
export const LATENCY = 'latency:';

/** How often there was each kind. */
export type Tallies = Readonly<Record<string, number>>;

/** The kinds of the attempt whose columns are in reach, as a list of SQL values; null where one does not apply. */
export const TALLY_KINDS_SQL = `('${STATUS}' || http_status), ('${ERROR}' || error), ('${LATENCY}' || ${latencyBucketSql('duration_ms')})`;

/** The part of the tallies with this prefix, which it loses. */
export function talliesOf(tallies: Tallies, prefix: string): [name: string, count: number][] {
  return Object.entries(tallies)
    .filter(([kind]) => kind.startsWith(prefix))
    .map(([kind, count]) => [kind.slice(prefix.length), count]);
}
