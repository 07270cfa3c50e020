import { AttemptError } from '@hookstile/contracts';
import { hasOneOfDeliveryIds, indexedRangeOf, isInIndexedRange, LAST_CHARACTER } from '../read/delivery-ids.js';
import { literals } from '../read/filters.js';
import type { IndexedFilter, ListPath } from '../read/list-paths.js';
import type { ListWindow } from '../read/list-windows.js';
import type { ViewReader } from '../read/view-reader.js';
import {
  ATTEMPT_PREFIX,
  DELIVERY_PREFIX,
  eventIdSpellings,
  HAS_BATCHED_TYPE,
  HAS_EVENT_ID,
  INTEGRATION_PREFIX,
  isInside,
  isOwnId,
  isTraceId,
  SEARCHED_DETAIL,
  type SearchText,
  searched,
  searchTextOf,
  searchValue,
} from './event-log-search.js';
import { deliveryIdsSql, distinctSql, eventsInRangesSql, WORDS } from './search-statements.js';

/** Deliveries, and events, whose ids begin with what is searched: beyond, the beginning is too short to narrow. */
const IDS_MAX = 1_000;
/** Distinct types, integrations and error texts of a tenant that are looked through in one window. */
const WORDS_MAX = 1_000;
/** Beyond, looking at one row after the other meets enough. */
const PATHS_MAX = 16;
const PREFIXES = [ATTEMPT_PREFIX, DELIVERY_PREFIX, INTEGRATION_PREFIX];
const ERRORS = literals(AttemptError);

/** The ways by which indexes lead to what `q` finds in one window; null: there are too many, each row is looked at. */
type SearchPaths = (window: ListWindow) => Promise<IndexedFilter | null>;

/** The beginning of ids of ours that does not tell one of them from another: nearly every row would be found by it. */
function isVague(text: SearchText): boolean {
  const { lower } = text;
  return !isOwnId(text) && PREFIXES.some((prefix) => prefix.startsWith(lower) || lower.startsWith(prefix));
}

const toPaths = (indexed: string, values: readonly unknown[]): ListPath[] =>
  values.map((value) => ({ indexed: [{ text: indexed, value }], filters: [] }));

/** Finds the ids once; the words are those of each window, told by the indexes themselves. */
export async function searchPaths(views: ViewReader, tenantId: string, q: string): Promise<SearchPaths> {
  const text = searchTextOf(q);
  const deliveryIds = isVague(text) ? null : await deliveryIdsOf(views, tenantId, text);
  if (!deliveryIds) return async () => null;
  const always = [...pathsByDeliveries(deliveryIds), ...pathsById(text)];
  return async (window) => {
    const words = await pathsByWords(views, tenantId, window, text);
    if (!words || always.length + words.length > PATHS_MAX) return null;
    return { condition: searched(text), paths: [...always, ...words] };
  };
}

/** Deliveries whose ids, or whose events' ids, begin with the text; null where there are too many. */
async function deliveryIdsOf(views: ViewReader, tenantId: string, text: SearchText): Promise<string[] | null> {
  const ranges = eventIdSpellings(text).map((spelling): [string, string] => [spelling, spelling + LAST_CHARACTER]);
  const own = eventsInRangesSql(ranges, IDS_MAX + 1);
  const name = `event-ids-in-${ranges.length}-ranges`;
  const events = await views.readPrepared<{ ids: string[] }>(tenantId, name, own.statement, own.parameters);
  const ids = new Set(events.flatMap((event) => event.ids));
  if (text.lower.startsWith(DELIVERY_PREFIX)) {
    const { statement, parameters } = deliveryIdsSql(text.lower, IDS_MAX + 1);
    const name = 'delivery-ids-in-range';
    const deliveries = await views.readPrepared<{ id: string }>(tenantId, name, statement, parameters);
    for (const { id } of deliveries) ids.add(id);
  }
  return events.length > IDS_MAX || ids.size > IDS_MAX ? null : [...ids];
}

/** Found first by two indexes of their own: an `or` of the two conditions would walk through the tenant's whole list. */
export function pathsByDeliveries(deliveryIds: readonly string[]): ListPath[] {
  if (deliveryIds.length === 0) return [];
  return [hasOneOfDeliveryIds('?::text[]'), 'delivery_ids && ?::text[]'].map((condition) => ({
    indexed: [{ text: condition, value: deliveryIds }],
    filters: [],
    unordered: true,
  }));
}

function pathsById(text: SearchText): ListPath[] {
  const { lower } = text;
  const paths: ListPath[] = [
    // The events of tests are in no other table.
    {
      indexed: [{ text: `trigger <> 'event' and trigger collate "C" = 'test'` }],
      filters: [{ text: HAS_EVENT_ID, value: searchValue(text) }],
    },
  ];
  if (lower.startsWith(ATTEMPT_PREFIX) || lower.startsWith(DELIVERY_PREFIX)) paths.push(pathByDeliveryId(lower));
  if (isTraceId(text)) {
    const condition = { text: 'hashtextextended(trace_id, 0) = hashtextextended(?, 0) and trace_id = ?', value: lower };
    paths.push({ indexed: [condition], filters: [], unordered: true });
  }
  return paths;
}

/** An attempt's id begins like that of its delivery. */
function pathByDeliveryId(lower: string): ListPath {
  const [prefix = '', beginning = ''] = lower.split('_');
  const value = [...indexedRangeOf(DELIVERY_PREFIX + beginning), lower];
  const column = `${prefix}_` === ATTEMPT_PREFIX ? 'attempt_id' : 'delivery_id';
  const text = `${isInIndexedRange('?::text[]')} and starts_with(${column}, (?::text[])[3])`;
  return { indexed: [{ text, value }], filters: [], unordered: true };
}

/** The words that have the text inside; null where there are too many words. */
async function pathsByWords(
  views: ViewReader,
  tenantId: string,
  window: ListWindow,
  text: SearchText,
): Promise<ListPath[] | null> {
  const found = async (words: (typeof WORDS)[keyof typeof WORDS], from: string, matches: (word: string) => boolean) => {
    const { statement, parameters } = distinctSql(words, window, [from, from + LAST_CHARACTER], WORDS_MAX + 1);
    const rows = await views.read<{ word: string }>(tenantId, statement, parameters);
    return rows.length > WORDS_MAX ? null : rows.map(({ word }) => word).filter(matches);
  };
  if (text.lower.startsWith(INTEGRATION_PREFIX)) {
    const ids = await found(WORDS.integrations, text.lower, () => true);
    return ids && toPaths('integration_id = ?', ids);
  }
  if (isOwnId(text)) return [];
  const isWord = (word: string) => isInside(text.lower, word);
  const types = await found(WORDS.types, '', isWord);
  const details = await found(WORDS.details, '', isWord);
  if (!types || !details) return null;
  return [
    ...toPaths('event_type collate "C" = ?', types),
    ...toPaths('error is not null and error collate "C" = ?', ERRORS.filter(isWord)),
    ...toPaths(`error_detail is not null and ${SEARCHED_DETAIL} collate "C" = ?`, details),
    {
      indexed: [{ text: 'delivery_ids is not null' }],
      filters: [{ text: HAS_BATCHED_TYPE, value: searchValue(text) }],
    },
  ];
}
