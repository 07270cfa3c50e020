const PREFIX_CHARACTERS = 'dlv_'.length;
/** 35 bits: of a hundred million deliveries of a day, about one in three hundred shares its beginning with another. */
const INDEXED_CHARACTERS = 7;
/** Behind every text that begins with another one. */
export const LAST_CHARACTER = '\u{10ffff}';

const beginningOf = (id: string) => `substr(${id}, ${PREFIX_CHARACTERS + 1}, ${INDEXED_CHARACTERS})`;
const INDEXED = beginningOf('delivery_id');

/**
 * SQL over rows with a `delivery_id`. Ids are digests, so that each row's entry in an index of them lies on another page,
 * and at high rates the pages of the present day have to fit into memory: the index has the beginning of the digest only,
 * and whoever looks in it looks at the whole id in the row.
 * @param id SQL of a text
 */
export const hasDeliveryId = (id: string) => `${INDEXED} = ${beginningOf(id)} and delivery_id = ${id}`;

/** @param ids SQL of an array of texts */
export const hasOneOfDeliveryIds = (ids: string) =>
  `${INDEXED} = any (array(select ${beginningOf('id')} from unnest(${ids}) as id)) and delivery_id = any (${ids})`;

/** @param range SQL of what `indexedRangeOf` gave */
export const isInIndexedRange = (range: string) => `${INDEXED} >= (${range})[1] and ${INDEXED} < (${range})[2]`;

/** Where the index has the ids that begin with this one, and a few others. */
export function indexedRangeOf(beginning: string): [from: string, to: string] {
  const from = beginning.slice(PREFIX_CHARACTERS, PREFIX_CHARACTERS + INDEXED_CHARACTERS);
  return [from, from + LAST_CHARACTER];
}
