import type { Condition } from '../read/list-paths.js';
import type { EventLogLine } from './event-log.store.js';

/**
 * What `q` finds: ids that begin with it – a trace's only whole –, and types and errors that have it inside. Case does
 * not matter, but for the ids of events, which producers make: those are looked for as given, in lower and in upper case.
 * What looks like an id of ours is looked for among ids alone.
 */
export interface SearchText {
  given: string;
  lower: string;
  upper: string;
}

export function searchTextOf(q: string): SearchText {
  return { given: q, lower: q.toLowerCase(), upper: q.toUpperCase() };
}

export const ATTEMPT_PREFIX = 'att_';
export const DELIVERY_PREFIX = 'dlv_';
export const INTEGRATION_PREFIX = 'int_';
/** Of base 32, behind a prefix: they leave one of a million. */
const TELLING_ID = /^(?:att|dlv|int)_[0-9a-z]{4}[0-9a-z_]*$/;
const TRACE_ID = /^[0-9a-f]{32}$/;

export const isTraceId = ({ lower }: SearchText): boolean => TRACE_ID.test(lower);
export const isOwnId = (text: SearchText): boolean => isTraceId(text) || TELLING_ID.test(text.lower);

/** As conditions take it. */
export const searchValue = ({ given, lower, upper }: SearchText): readonly string[] => [given, lower, upper];

/** Each spelling once. */
export function eventIdSpellings({ given, lower, upper }: SearchText): string[] {
  return [...new Set([given, lower, upper])];
}

/** The one definition of what a list and a stream show for `q`; `searched` is the same in SQL. */
export function isFound(line: EventLogLine, q: string): boolean {
  const text = searchTextOf(q);
  const { lower } = text;
  const ids = [line.attemptId, line.integrationId, line.deliveryId, ...(line.deliveryIds ?? [])];
  if (line.traceId === lower || ids.some((id) => id.startsWith(lower))) return true;
  const eventIds = [line.eventId, ...(line.eventIds ?? [])];
  if (eventIds.some((id) => eventIdSpellings(text).some((spelling) => id.startsWith(spelling)))) return true;
  if (isOwnId(text)) return false;
  const words = [line.eventType, ...(line.eventTypes ?? []), line.error, searchedDetail(line.errorDetail)];
  return words.some((word) => word !== null && isInside(lower, word));
}

/** What is searched of an error's text: as much as an index takes. */
const DETAIL_CHARACTERS = 200;
export const SEARCHED_DETAIL = `left(error_detail, ${DETAIL_CHARACTERS})`;

function searchedDetail(text: string | null): string | null {
  if (text === null || text.length <= DETAIL_CHARACTERS) return text;
  // By characters, as Postgres counts them.
  return Array.from(text).slice(0, DETAIL_CHARACTERS).join('');
}

export function isInside(lower: string, word: string): boolean {
  return word.toLowerCase().includes(lower);
}

const [GIVEN, LOWER, UPPER] = [1, 2, 3].map((index) => `(?::text[])[${index}]`);
const beginsEventId = (id: string) => [GIVEN, LOWER, UPPER].map((text) => `starts_with(${id}, ${text})`).join(' or ');
const holds = (word: string) => `position(${LOWER} in lower(${word})) > 0`;

export const HAS_EVENT_ID = beginsEventId('event_id');
export const HAS_BATCHED_TYPE = `exists (select from unnest(event_types) as type where ${holds('type')})`;

const HAS_ID = `trace_id = ${LOWER} or starts_with(attempt_id, ${LOWER}) or starts_with(delivery_id, ${LOWER})
  or starts_with(integration_id, ${LOWER}) or ${HAS_EVENT_ID} or delivery_ids is not null and (
    exists (select from unnest(delivery_ids) as id where starts_with(id, ${LOWER}))
    or exists (select from unnest(event_ids) as id where ${beginsEventId('id')}))`;
const HAS_WORD = `${holds('event_type')} or ${holds("coalesce(error, '')")}
  or ${holds(`coalesce(${SEARCHED_DETAIL}, '')`)} or delivery_ids is not null and ${HAS_BATCHED_TYPE}`;

/** `position` and `starts_with` take the text as it is, where `like` would read its wildcards. */
export function searched(text: SearchText): Condition {
  return { text: isOwnId(text) ? HAS_ID : `${HAS_ID} or ${HAS_WORD}`, value: searchValue(text) };
}
