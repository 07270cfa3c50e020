import type { Reading } from './accepted-event.js';
import { readBinaryEvent } from './binary-event.js';
import { type BatchReading, readEventBatch } from './event-batch.js';
import { attributeOfHeaderValue } from './header-value.js';
import { isUtf8Charset, mediaTypeOf } from './media-type.js';
import { type EventDefaults, readPlainEvent } from './plain-event.js';
import { quoted, type Rejection, rejection } from './rejection.js';
import { readStructuredEvent } from './structured-event.js';

/** What of an HTTP request says its event. */
export interface EventRequest {
  /** Names and values by turns, as Node received them. */
  rawHeaders: readonly string[];
  contentType: string | undefined;
  contentEncoding: string | undefined;
  body: Buffer;
}

const ATTRIBUTE_PREFIX = 'ce-';
export const BATCH_TYPE = 'application/cloudevents-batch+json';

type HeaderAttributes = { outcome: 'attributes'; attributes: Record<string, string> | null } | Rejection;

/** The `ce-*` headers by attribute, null where there is none, or why they cannot be read. */
function attributesOf(rawHeaders: readonly string[]): HeaderAttributes {
  let attributes: Record<string, string> | null = null;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const header = rawHeaders[at]?.toLowerCase() ?? '';
    if (!header.startsWith(ATTRIBUTE_PREFIX)) continue;
    const name = header.slice(ATTRIBUTE_PREFIX.length);
    attributes ??= Object.create(null) as Record<string, string>;
    if (Object.hasOwn(attributes, name)) return rejection('malformed', `The header ${header} stands more than once.`);
    const value = attributeOfHeaderValue(rawHeaders[at + 1] ?? '');
    if (value === null) return rejection('malformed', `The header ${header} is not valid UTF-8.`);
    attributes[name] = value;
  }
  return { outcome: 'attributes', attributes };
}

function unsupported(contentType: string | undefined): Rejection {
  const given = contentType === undefined ? 'none' : quoted(contentType);
  return rejection(
    'unsupported_media_type',
    `The content type must be application/json, application/cloudevents+json or application/cloudevents-batch+json, ` +
      `in UTF-8 and without a content encoding, or a CloudEvent in binary mode; it is ${given}.`,
  );
}

function readBinary(request: EventRequest, attributes: Record<string, string>, defaults: EventDefaults): Reading {
  const { datacontenttype: _stray, ...given } = attributes;
  if (request.contentType !== undefined) given.datacontenttype = request.contentType;
  return readBinaryEvent(given, request.body, defaults);
}

/** Reads the event or the batch that a request carries. */
export function readHttpRequest(request: EventRequest, defaults: EventDefaults): Reading | BatchReading {
  const mediaType = mediaTypeOf(request.contentType ?? '');
  const encoded = request.contentEncoding !== undefined && request.contentEncoding !== 'identity';
  if (encoded || !isUtf8Charset(mediaType)) return unsupported(request.contentType);
  switch (mediaType.essence) {
    case 'application/cloudevents+json':
      return readStructuredEvent(request.body, defaults);
    case BATCH_TYPE:
      return readEventBatch(request.body, defaults);
  }
  if (mediaType.essence.startsWith('application/cloudevents')) return unsupported(request.contentType);
  const headers = attributesOf(request.rawHeaders);
  if (headers.outcome === 'rejected') return headers;
  if (headers.attributes) return readBinary(request, headers.attributes, defaults);
  return mediaType.essence === 'application/json'
    ? readPlainEvent(request.body, defaults)
    : unsupported(request.contentType);
}
