import { DAY_MS } from '../partitions/utc-day.js';
import { indexedRangeOf, isInIndexedRange } from '../read/delivery-ids.js';
import { SqlText } from '../read/list-statement.js';
import type { ListWindow } from '../read/list-windows.js';
import { VIEWS } from '../read/view-tables.js';
import { SEARCHED_DETAIL } from './event-log-search.js';

/** Of attempts: what an index begins with, behind the tenant or alone, and where it has entries. */
export const WORDS = {
  types: { word: 'event_type collate "C"', has: 'event_type is not null' },
  details: { word: `${SEARCHED_DETAIL} collate "C"`, has: 'error_detail is not null' },
  integrations: { word: 'integration_id', has: 'integration_id is not null' },
};

/** The ids of the deliveries of a tenant's events whose id lies in one of the ranges; of as many events as the limit. */
export function eventsInRangesSql(ranges: readonly (readonly [from: string, to: string])[], limit: number) {
  const sql = new SqlText();
  const inRanges = ranges.map(([from, to]) => `event_id >= ${sql.value(from)} and event_id < ${sql.value(to)}`);
  return {
    statement: VIEWS.sql`select delivery_ids as ids from ${VIEWS.rows('events')} where (${inRanges.join(' or ')}) limit ${limit}`,
    parameters: sql.parameters,
  };
}

/** The ids of a tenant's deliveries that begin with a text; as many as the limit. */
export function deliveryIdsSql(beginning: string, limit: number) {
  const range = isInIndexedRange('$2::text[]');
  return {
    statement: VIEWS.sql`select delivery_id as id from ${VIEWS.rowsFoundById('deliveries')} where ${range} and starts_with(delivery_id, $3) limit ${limit}`,
    parameters: [indexedRangeOf(beginning), beginning],
  };
}

/**
 * The distinct words of attempts in a range, in order, as many as the limit. Each is found by one step
 * in an index that begins with it (behind the tenant, or alone): their number counts, not that of the rows. The window
 * is taken by whole days, so that within a partition no row need be looked at for its time.
 */
export function distinctSql(
  { word, has }: (typeof WORDS)[keyof typeof WORDS],
  { fromMs, toMs }: ListWindow,
  [from, to]: readonly [from: string, to: string],
  limit: number,
) {
  const sql = new SqlText();
  const conditions = [has, `${word} < ${sql.value(to)}`];
  if (fromMs !== null) conditions.push(`at >= ${sql.value(new Date(Math.floor(fromMs / DAY_MS) * DAY_MS))}`);
  if (toMs !== null) conditions.push(`at < ${sql.value(new Date(Math.ceil(toMs / DAY_MS) * DAY_MS))}`);
  const first = (condition: string) =>
    VIEWS.sql`select ${word} from ${VIEWS.rows('attempts')} where ${conditions.join(' and ')} and ${word} ${condition} order by ${word} limit 1`;
  return {
    statement: VIEWS.sql`with recursive words (word) as (
        (${first(`>= ${sql.value(from)}`)})
        union all select (${first('> words.word')}) from words where words.word is not null)
      select word from words where word is not null limit ${limit}`,
    parameters: sql.parameters,
  };
}
