import { createHash } from 'node:crypto';
import {
  type DeliveryEnvelope,
  type Ordering,
  type RawValue,
  rawElementsOf,
  rawObjectOf,
  rawValueOf,
  tokensOf,
} from '@hookstile/contracts';
import { LANE_KEY_MAX_LENGTH } from './lane.bounds.js';

/** A strict integration's only lane; of the others, the one of all deliveries that have no key. */
export const STRICT_LANE_KEY = 'main';

export interface KeyedDelivery {
  readonly envelope: DeliveryEnvelope;
  readonly data: Buffer;
  readonly offset: number;
}

/** The lane that a delivery goes to when it is taken in. */
export function laneKeyOf(ordering: Ordering, delivery: KeyedDelivery): string {
  switch (ordering.mode) {
    case 'strict':
      return STRICT_LANE_KEY;
    case 'by-key': {
      const value = valueAt(ordering.key, delivery);
      return value === null ? STRICT_LANE_KEY : storable(value);
    }
    case 'unordered': {
      const { deliveryId, trigger } = delivery.envelope;
      // The first one, and other redeliveries, may still be under way under the same id.
      return trigger === 'event' ? deliveryId : `${deliveryId}@${delivery.offset}`;
    }
  }
}

/** The value at a JSON pointer into the event as CloudEvents JSON, as text; null where there is none. */
function valueAt(pointer: string, { envelope, data }: KeyedDelivery): string | null {
  const [name, ...path] = tokensOf(pointer);
  if (!pointer.startsWith('/') || name === undefined) return null;
  if (name === 'data') return textIn(data, path);
  return path.length === 0 ? attribute(name, envelope.event) : null;
}

function attribute(name: string, event: DeliveryEnvelope['event']): string | null {
  switch (name) {
    case 'specversion':
      return '1.0';
    case 'id':
    case 'source':
    case 'type':
    case 'subject':
    case 'time':
      return event[name];
    default: {
      const value = Object.hasOwn(event.extensions, name) ? event.extensions[name] : undefined;
      return value === undefined || value === null ? null : String(value);
    }
  }
}

/** Numbers, booleans, arrays and objects by their text as it was sent, without the whitespace between its parts. */
function textIn(data: Buffer, path: readonly string[]): string | null {
  try {
    const found = path.reduce<Buffer | null>(
      (json, token) => (json === null ? null : memberOf(json, token)),
      slice(data, rawValueOf(data)),
    );
    if (found === null) return null;
    const text = found.toString('utf8');
    if (text === 'null') return null;
    if (text.startsWith('"')) return JSON.parse(text) as string;
    return text.startsWith('{') || text.startsWith('[') ? compact(text) : text;
  } catch {
    // Data that is no JSON has no members.
    return null;
  }
}

function memberOf(json: Buffer, token: string): Buffer | null {
  const member = rawObjectOf(json)?.members.get(token);
  if (member !== undefined) return slice(json, member);
  if (!/^(0|[1-9]\d{0,8})$/.test(token)) return null;
  const element = rawElementsOf(json)?.[Number(token)];
  return element === undefined ? null : slice(json, element);
}

const slice = (json: Buffer, { start, end }: RawValue): Buffer => json.subarray(start, end);

/** Without the whitespace outside its strings. */
function compact(json: string): string {
  let text = '';
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charAt(at);
    if (char === '"') inString = !inString;
    if (inString || char > ' ') text += char;
    if (inString && char === '\\') {
      at += 1;
      text += json.charAt(at);
    }
  }
  return text;
}

/**
 * What a text of Postgres can hold (no NUL), a log line and a URL can show, and an index entry has room for. A dot
 * segment, even percent-encoded, would be taken out of a URL by whoever builds it.
 */
function storable(value: string): string {
  const isPlain = value.isWellFormed() && !/\p{Cc}/u.test(value) && !/^\.{0,2}$/.test(value);
  if (isPlain && value.length <= LANE_KEY_MAX_LENGTH) return value;
  return `sha256:${createHash('sha256').update(value, 'utf16le').digest('hex')}`;
}
