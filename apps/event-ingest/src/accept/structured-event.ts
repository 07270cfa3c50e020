import { EVENT_MAX_BYTES } from './accept.bounds.js';
import type { Reading } from './accepted-event.js';
import { checkCloudEvent, type DataReading } from './cloud-event.js';
import type { DoorContext } from './event-tenant.js';
import { DATA_REQUIRED, dataError, tooDeep } from './json-data.js';
import { type JsonObject, readObject } from './json-object.js';
import { invalid, rejection } from './rejection.js';

/** Base64 with its padding (RFC 4648, section 4). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function base64Error(code: string, detail: string) {
  return invalid([{ pointer: '/data_base64', code, detail }]);
}

function dataOf(object: JsonObject): DataReading {
  const data = object.members.get('data');
  const encoded = object.values.data_base64;
  if (encoded === undefined || encoded === null) {
    if (!data) return DATA_REQUIRED;
    return tooDeep(data) ?? { outcome: 'data', data: object.bytes.subarray(data.start, data.end) };
  }
  if (data) return base64Error('both_given', 'An event has "data" or "data_base64", not both.');
  if (typeof encoded !== 'string' || !BASE64.test(encoded)) {
    return base64Error('format', '"data_base64" must be a string in base64.');
  }
  const decoded = Buffer.from(encoded, 'base64');
  return dataError(decoded) ?? { outcome: 'data', data: decoded };
}

/** A CloudEvent in the JSON event format that was cut out already; it may be an item of a batch. */
export function checkStructuredEvent(object: JsonObject, door: DoorContext): Reading {
  const { data: _data, data_base64: _encoded, ...attributes } = object.values;
  return checkCloudEvent(attributes, door, () => dataOf(object));
}

/** A CloudEvent in structured mode: one JSON document holds attributes and data. */
export function readStructuredEvent(document: Buffer, door: DoorContext): Reading {
  if (document.length > EVENT_MAX_BYTES)
    return rejection('too_large', `An event has at most ${EVENT_MAX_BYTES} bytes.`);
  const object = readObject(document);
  return object.outcome === 'rejected' ? object : checkStructuredEvent(object, door);
}
