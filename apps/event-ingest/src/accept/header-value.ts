import { isUtf8 } from 'node:buffer';

const PERCENT = 0x25;
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;
const QUOTED_PAIR = /\\(.)/g;
/** What needs no decoding at all: nearly every value. */
const PLAIN = /^[\u0020\u0021\u0023\u0024\u0026-\u007e]*$/;

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** One round of percent-decoding; a `%` that begins no escape stands for itself, as senders that never encode mean it. */
function percentDecoded(bytes: Buffer): Buffer {
  if (!bytes.includes(PERCENT)) return bytes;
  const decoded = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const high = bytes[at] === PERCENT ? hexDigit(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(bytes[at + 2]);
    decoded[length] = low < 0 ? (bytes[at] ?? 0) : high * 16 + low;
    if (low >= 0) at += 2;
    length += 1;
  }
  return decoded.subarray(0, length);
}

/**
 * The attribute that an HTTP header value carries (CloudEvents HTTP binding 1.0.2, section 3.1.3.2): first the quotes
 * are taken off, then it is percent-decoded as UTF-8.
 * @param value as Node reads it: one character a byte
 * @returns null where the bytes are not UTF-8
 */
export function attributeOfHeaderValue(value: string): string | null {
  if (PLAIN.test(value)) return value;
  const unquoted = QUOTED.exec(value)?.[1]?.replace(QUOTED_PAIR, '$1') ?? value;
  const decoded = percentDecoded(Buffer.from(unquoted, 'latin1'));
  return isUtf8(decoded) ? decoded.toString('utf8') : null;
}
