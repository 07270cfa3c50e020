/**
 * What a batch of compressed records may hold once it is unpacked. The broker bounds only what it is packed
 * (`max.message.bytes`, 1 MiB): of that, gzip makes a gigabyte and zstd tens of them.
 */
export const BATCH_UNPACKED_MAX_BYTES = 16 * 1024 * 1024;
/** And how many records: an empty one takes seven bytes packed or not, and half a kilobyte here. */
export const BATCH_MAX_RECORDS = 20_000;
/** And how many headers, twenty for each record: one of six bytes becomes a name and a member of an object. */
export const BATCH_MAX_HEADERS = 400_000;

/** Beyond either, the rest of a fetch's answer is left to the next fetch; its first batch is always read. */
export const FETCH_UNPACKED_MAX_BYTES = 16 * 1024 * 1024;
export const FETCH_MAX_RECORDS = 20_000;

/** A zstd frame says how much history it needs; this is what level 19 needs, the highest that is not "ultra". */
export const ZSTD_WINDOW_MAX_LOG = 24;
