import { isUtf8 } from 'node:buffer';
import type { ReceivedRecord } from '@hookstile/messaging';
import type { Reading } from './accepted-event.js';
import { readBinaryEvent } from './binary-event.js';
import type { DoorContext } from './event-tenant.js';
import { isUtf8Charset, mediaTypeOf } from './media-type.js';
import { quoted, type Rejection, rejection } from './rejection.js';
import { readStructuredEvent } from './structured-event.js';

const ATTRIBUTE_PREFIX = 'ce_';

type KafkaMessage = Pick<ReceivedRecord, 'headers' | 'value' | 'unreadable'>;

function notUtf8(header: string): Rejection {
  return rejection('malformed', `The header ${quoted(header)} is not valid UTF-8.`);
}

/** A CloudEvent of the Kafka binding 1.0.2: header values are plain UTF-8, never percent-encoded. */
export function readKafkaRecord({ headers, value, unreadable }: KafkaMessage, door: DoorContext): Reading {
  if (unreadable) return rejection(unreadable.code, unreadable.detail);
  if (value === null) return rejection('malformed', 'The record has no value.');
  const contentType = headers['content-type']?.toString('utf8');
  const mediaType = mediaTypeOf(contentType ?? '');
  if (mediaType.essence.startsWith('application/cloudevents')) {
    if (mediaType.essence === 'application/cloudevents+json' && isUtf8Charset(mediaType)) {
      return readStructuredEvent(value, door);
    }
    return rejection('unsupported_media_type', `The content type ${quoted(contentType ?? '')} is not supported.`);
  }
  const given = Object.create(null) as Record<string, string>;
  let found = false;
  for (const header of Object.keys(headers)) {
    const bytes = headers[header];
    if (!header.startsWith(ATTRIBUTE_PREFIX) || !bytes) continue;
    if (!isUtf8(bytes)) return notUtf8(header);
    given[header.slice(ATTRIBUTE_PREFIX.length)] = bytes.toString('utf8');
    found = true;
  }
  if (!found) return rejection('malformed', 'The record is not a CloudEvent: no header ce_* and not structured.');
  if (contentType !== undefined) given.datacontenttype = contentType;
  return readBinaryEvent(given, value, door);
}
