import type { OutgoingRecord } from '../port/records.js';

/** Lengths, offset, timestamp and attributes of a record on the wire, and of each header; rounded up. */
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 6;

/** An upper bound of what a record takes in a request. */
export function recordSize({ key, headers, value }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + value.length;
  for (const name in headers) {
    bytes += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '');
  }
  return bytes;
}
