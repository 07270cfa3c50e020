/**
 * Finds where values stand in the bytes of a JSON document, so that they can travel exactly as they were written
 * (whitespace, escapes and number forms included), which no parse and print can promise.
 *
 * Every function here expects bytes that a JSON parser has accepted already; given others it throws `RangeError` or
 * answers nonsense, but always ends.
 */

/** A value's bytes are `[start, end)`; `depth` counts its nested arrays and objects (0 for a scalar). */
export interface RawValue {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** A member with its decoded name, whose bytes, quotes included, are `[nameStart, nameEnd)`. */
export interface RawMember {
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly value: RawValue;
}

export interface RawObject {
  /** By decoded name; of a duplicate the last one, as `JSON.parse` takes it. */
  readonly members: ReadonlyMap<string, RawValue>;
  /** The first name that stands more than once, compared after decoding its escapes, or null. */
  readonly duplicate: string | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
/** Brackets and braces differ in this bit only. */
const BRACE_BIT = 0x20;
const SPACE = 0x20;

function ranOut(): never {
  throw new RangeError('the bytes are not a JSON document');
}

/** JSON's four whitespace characters all lie at or below the space, where nothing else of a valid document does. */
function skipWhitespace(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length && (json[at] ?? 0) <= SPACE) at += 1;
  return at;
}

/** @returns the offset behind the closing quote of the string that begins at `from` */
function skipString(json: Uint8Array, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return ranOut();
}

function skipScalar(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length) {
    const byte = json[at] ?? 0;
    if (byte <= SPACE || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) break;
    at += 1;
  }
  return at;
}

function containerAt(json: Uint8Array, start: number): RawValue {
  let open = 0;
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      at = skipString(json, at) - 1;
    } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
      open += 1;
      if (open > depth) depth = open;
    } else if ((byte | BRACE_BIT) === CLOSE_BRACE) {
      open -= 1;
      if (open === 0) return { start, end: at + 1, depth };
    }
  }
  return ranOut();
}

function valueAt(json: Uint8Array, from: number): RawValue {
  const start = skipWhitespace(json, from);
  const byte = json[start] ?? ranOut();
  if ((byte | BRACE_BIT) === OPEN_BRACE) return containerAt(json, start);
  return { start, end: byte === QUOTE ? skipString(json, start) : skipScalar(json, start), depth: 0 };
}

function nameOf(json: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(json.buffer, json.byteOffset + start, end - start).toString('utf8');
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    return ranOut();
  }
}

/** The document's one value without the whitespace around it. */
export function rawValueOf(json: Uint8Array): RawValue {
  return valueAt(json, 0);
}

/** The members of a document that is an object, in order, or null where it is something else. */
export function rawMembersOf(json: Uint8Array): RawMember[] | null {
  let at = skipWhitespace(json, 0);
  if (json[at] !== OPEN_BRACE) return null;
  const members: RawMember[] = [];
  at = skipWhitespace(json, at + 1);
  while (json[at] === QUOTE) {
    const nameEnd = skipString(json, at);
    const name = nameOf(json, at, nameEnd);
    const value = valueAt(json, skipWhitespace(json, nameEnd) + 1);
    members.push({ name, nameStart: at, nameEnd, value });
    at = skipWhitespace(json, value.end);
    if (json[at] === COMMA) at = skipWhitespace(json, at + 1);
  }
  return members;
}

/** The members of a document that is an object, or null where it is something else. Nested ones are not looked into. */
export function rawObjectOf(json: Uint8Array): RawObject | null {
  const inOrder = rawMembersOf(json);
  if (inOrder === null) return null;
  const members = new Map<string, RawValue>();
  let duplicate: string | null = null;
  for (const { name, value } of inOrder) {
    if (duplicate === null && members.has(name)) duplicate = name;
    members.set(name, value);
  }
  return { members, duplicate };
}

/** The elements of a document that is an array, in order, or null where it is something else. */
export function rawElementsOf(json: Uint8Array): RawValue[] | null {
  let at = skipWhitespace(json, 0);
  if (json[at] !== OPEN_BRACKET) return null;
  const elements: RawValue[] = [];
  at = skipWhitespace(json, at + 1);
  while (at < json.length && json[at] !== CLOSE_BRACKET) {
    const value = valueAt(json, at);
    elements.push(value);
    at = skipWhitespace(json, value.end);
    if (json[at] === COMMA) at = skipWhitespace(json, at + 1);
    else if (json[at] !== CLOSE_BRACKET) ranOut();
  }
  return elements;
}
