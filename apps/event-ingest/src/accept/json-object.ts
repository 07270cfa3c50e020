import { isUtf8 } from 'node:buffer';
import { type RawValue, rawObjectOf } from '@hookstile/contracts';
import { quoted, type Rejection, rejection } from './rejection.js';

/** A JSON object as its bytes, as where its members stand in them, and as what they mean. */
export interface JsonObject {
  readonly outcome: 'object';
  readonly bytes: Buffer;
  readonly members: ReadonlyMap<string, RawValue>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** @returns the parsed document, or why there is none */
export function parseDocument(bytes: Buffer): { outcome: 'parsed'; value: unknown } | Rejection {
  if (!isUtf8(bytes)) return rejection('malformed', 'The body is not valid UTF-8.');
  try {
    return { outcome: 'parsed', value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return rejection('malformed', 'The body is not a JSON document.');
  }
}

/** The object that `bytes`, already parsed to `value`, are. */
export function objectOf(bytes: Buffer, value: unknown): JsonObject | Rejection {
  const raw = rawObjectOf(bytes);
  if (!raw) return rejection('invalid', 'An event must be a JSON object.');
  if (raw.duplicate !== null) {
    return rejection('malformed', `The member ${quoted(raw.duplicate)} stands more than once.`);
  }
  return { outcome: 'object', bytes, members: raw.members, values: value as Record<string, unknown> };
}

export function readObject(bytes: Buffer): JsonObject | Rejection {
  const document = parseDocument(bytes);
  return document.outcome === 'parsed' ? objectOf(bytes, document.value) : document;
}
