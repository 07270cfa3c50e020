import { rawElementsOf, type Scalar } from '@hookstile/contracts';
import { type Decimal, decimalKey, decimalOf } from './decimal.js';

/**
 * What an event has at a pointer. Two scalars are equal where their keys are: types are strict, and numbers are the same
 * however they are written.
 */
export type PointedValue =
  | { readonly kind: 'text'; readonly key: string; readonly text: string }
  | { readonly kind: 'number'; readonly key: string; readonly decimal: Decimal }
  | { readonly kind: 'literal'; readonly key: string }
  /** The keys of those of its elements that are scalars. */
  | { readonly kind: 'array'; readonly elementKeys: () => ReadonlySet<string> }
  | { readonly kind: 'object' };

const QUOTE = '"'.charCodeAt(0);
const OPEN_BRACE = '{'.charCodeAt(0);
const OPEN_BRACKET = '['.charCodeAt(0);
const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

export function textValue(text: string): PointedValue {
  return { kind: 'text', key: `"${text}`, text };
}

/** @param json the bytes of one value, without whitespace around it */
export function pointedValueOf(json: Buffer): PointedValue {
  if (json[0] === OPEN_BRACE) return { kind: 'object' };
  if (json[0] === OPEN_BRACKET) return arrayValue(json);
  const text = json.toString('utf8');
  return json[0] === QUOTE ? quotedValue(text) : bareValue(text);
}

function quotedValue(text: string): PointedValue {
  return textValue(text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1));
}

function bareValue(text: string): PointedValue {
  if (LITERALS.has(text)) return { kind: 'literal', key: text };
  const decimal = decimalOf(text);
  return { kind: 'number', key: decimalKey(decimal), decimal };
}

/** A tenant's lists may hold a million of them. */
export function pointedScalar(value: Scalar): PointedValue {
  return typeof value === 'string' ? textValue(value) : bareValue(String(value));
}

/** @returns null of what is no scalar */
export function scalarKeyOf(value: PointedValue | undefined): string | null {
  return value === undefined || value.kind === 'array' || value.kind === 'object' ? null : value.key;
}

function arrayValue(json: Buffer): PointedValue {
  let known: ReadonlySet<string> | null = null;
  return {
    kind: 'array',
    elementKeys: () => {
      known ??= elementKeysOf(json);
      return known;
    },
  };
}

/** An event has room for 130,000 elements; what was seen by its bytes is not read again. */
function elementKeysOf(json: Buffer): ReadonlySet<string> {
  const keys = new Set<string>();
  const seen = new Set<string>();
  for (const { start, end } of rawElementsOf(json) ?? []) {
    if (json[start] === OPEN_BRACE || json[start] === OPEN_BRACKET) continue;
    const bytes = json.toString('latin1', start, end);
    if (seen.has(bytes)) continue;
    seen.add(bytes);
    const isText = json[start] === QUOTE;
    const key = scalarKeyOf(isText ? quotedValue(json.toString('utf8', start, end)) : bareValue(bytes));
    if (key !== null) keys.add(key);
  }
  return keys;
}
