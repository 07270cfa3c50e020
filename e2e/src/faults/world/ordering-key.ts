const KEYS = 7;

/** The subject of an event, which is the key of its lane where an integration orders by key. */
export const orderingKeyOf = (n: number): string => `key-${n % KEYS}`;
