/** What an event and a batch may be at most; the same at both doors, HTTP and Kafka. */
export const EVENT_MAX_BYTES = 256 * 1024;
export const BATCH_MAX_EVENTS = 500;
export const BATCH_MAX_BYTES = 4 * 1024 * 1024;
/** Nested arrays and objects of `data`. */
export const DATA_MAX_DEPTH = 64;

/** Lengths count Unicode characters (code points), as JSON Schema's `maxLength` does. */
export const ID_MAX_CHARACTERS = 255;
export const TYPE_MAX_CHARACTERS = 255;
export const SOURCE_MAX_CHARACTERS = 2048;
export const SUBJECT_MAX_CHARACTERS = 1024;
export const TIME_MAX_CHARACTERS = 64;
export const TENANT_MAX_CHARACTERS = 255;

export const EXTENSIONS_MAX_COUNT = 64;
/** CloudEvents recommends 20; a bound that no real name reaches. */
export const EXTENSION_NAME_MAX_CHARACTERS = 64;
export const EXTENSION_VALUE_MAX_CHARACTERS = 2048;
/** Names and values together: an event's attributes stand in every delivery and routing, beside all else of a record. */
export const EXTENSIONS_MAX_CHARACTERS = 32 * 1024;

/** Tenants whose events one process counts at a time. */
export const COUNTED_TENANTS_MAX = 100_000;
