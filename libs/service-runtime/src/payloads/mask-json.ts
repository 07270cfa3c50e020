import type { SecretNames } from './secret-names.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const ESCAPED_ASCII = Buffer.from('\\u00');
const MASKED_VALUE = Buffer.from('"***"');
/** What stands for all that follows, where it cannot be told any more what is a value. */
const MASKED_REST = Buffer.from('***');

const WORD = /[\w$-]+/g;
const LITERAL = /^(?:true|false|null|-?\d.*)$/;
/** Literals and numbers, also those of other notations and such as were cut. */
const PLAIN_SCALAR = /^[\w.+-]*$/;

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const endsValue = (byte: number | undefined) =>
  byte === undefined || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
/** Whether an earlier masking left out what followed. */
const isMaskedRest = (bytes: Buffer, at: number) =>
  at === bytes.length - MASKED_REST.length && bytes.subarray(at).equals(MASKED_REST);
const mayEndAt = (bytes: Buffer, at: number) => endsValue(bytes[at]) || isMaskedRest(bytes, at);
const mayPrecedeText = (byte: number | undefined) =>
  byte === undefined || byte === COMMA || byte === COLON || byte === OPEN_OBJECT || byte === OPEN_ARRAY;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Whether bytes are to be read as JSON: an object or an array begins them. */
export function isJson(bytes: Buffer): boolean {
  const marked = bytes[0] === BYTE_ORDER_MARK[0] && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const first = bytes[skipSpace(bytes, marked ? 3 : 0)];
  return first === OPEN_OBJECT || first === OPEN_ARRAY;
}

/**
 * JSON, whole or cut, with `"***"` in place of each value of a secret name, also of one that was cut; `null` stays. All other bytes stay
 * as they are. In JSON a text before a colon is a name, so that no structure needs to be followed. Where a text stands
 * where JSON has none – somebody forgot to escape a quote – names and values can no longer be told apart: what follows
 * is left out as a whole if one of the names is in it. So it is from one of the names on that stands outside texts, as in
 * `{token: 'x'}`. The work is proportional to the length.
 */
export function maskJson(bytes: Buffer, names: SecretNames): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  let at = 0;
  const maskRest = (from: number): Buffer => Buffer.concat([...pieces, bytes.subarray(copied, from), MASKED_REST]);
  for (;;) {
    const start = bytes.indexOf(QUOTE, at);
    const bare = bareName(bytes, names, at, start < 0 ? bytes.length : start);
    if (bare >= 0) return maskRest(bare);
    if (start < 0) break;
    const end = textEnd(bytes, start);
    const next = skipSpace(bytes, end);
    const inPlace = mayPrecedeText(bytes[lastBefore(bytes, start)]) && (bytes[next] === COLON || mayEndAt(bytes, next));
    if (!inPlace) {
      if (mayName(bytes, names, at)) return maskRest(at);
      break;
    }
    at = end;
    if (bytes[next] !== COLON) continue;
    at = next + 1;
    if (!isSecretName(bytes, start, end, names)) continue;
    const value = skipSpace(bytes, at);
    const valueEnd = endOfValue(bytes, value);
    if (valueEnd === value || isNull(bytes, value, valueEnd) || isMaskedRest(bytes, value)) continue;
    pieces.push(bytes.subarray(copied, value), MASKED_VALUE);
    copied = valueEnd;
    at = valueEnd;
    if (isForeign(bytes, value, valueEnd) || !mayEndAt(bytes, skipSpace(bytes, valueEnd))) return maskRest(valueEnd);
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(copied)]);
}

/** Where the first secret name stands among what is no text; -1 where none does. Literals and numbers are no names. */
function bareName(bytes: Buffer, names: SecretNames, from: number, to: number): number {
  if (!names.areIn(bytes, from, to)) return -1;
  for (const { 0: word, index } of bytes.toString('latin1', from, to).matchAll(WORD)) {
    if (!LITERAL.test(word) && names.has(word)) return from + index;
  }
  return -1;
}

/** Whether a value is of some other notation, such as a text in single quotes, and its end no end. */
function isForeign(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === QUOTE || first === OPEN_OBJECT || first === OPEN_ARRAY) return false;
  return !PLAIN_SCALAR.test(bytes.toString('latin1', start, end));
}

/** Behind the quote that ends the text that begins at `start`; the end of the bytes where it was cut. */
function textEnd(bytes: Buffer, start: number): number {
  for (let at = start + 1; ; ) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

function lastBefore(bytes: Buffer, start: number): number {
  let at = start - 1;
  while (isSpace(bytes[at])) at -= 1;
  return at;
}

/** Whether a secret name can be in JSON from a place on: as it is, or with ASCII characters escaped. */
export function mayName(bytes: Buffer, names: SecretNames, from = 0): boolean {
  return names.areIn(bytes, from) || bytes.includes(ESCAPED_ASCII, from);
}

function isSecretName(bytes: Buffer, start: number, end: number, names: SecretNames): boolean {
  const isEscaped = bytes.subarray(start, end).includes(BACKSLASH);
  if (!isEscaped && !names.areIn(bytes, start, end)) return false;
  const text = bytes.toString('latin1', start, end);
  return names.has(isEscaped ? unescaped(text) : text.slice(1, -1));
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Behind the value that begins at `start`; `start` where there is none. */
function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return textEnd(bytes, start);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return endOfNested(bytes, start);
  let at = start;
  while (!endsValue(bytes[at]) && !isSpace(bytes[at])) at += 1;
  return at;
}

function endOfNested(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = textEnd(bytes, at);
      continue;
    }
    at += 1;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    if (depth === 0) return at;
  }
  return bytes.length;
}

function isNull(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 4 && bytes.toString('latin1', start, end) === 'null';
}
