import type { EventAttributes } from '@hookstile/contracts';

export const CLOUDEVENT_CONTENT_TYPE = 'application/cloudevents+json';
export const CLOUDEVENTS_BATCH_CONTENT_TYPE = 'application/cloudevents-batch+json';

const END = Buffer.from('}');

/**
 * The event as a CloudEvent 1.0 in structured JSON, compact, with the producer's bytes of `data` as they came. A time is
 * there where the producer gave one; extensions follow the attributes.
 */
export function cloudEventsBody(event: EventAttributes, data: Buffer): Buffer {
  // Of an event that was taken before the name was refused: it would stand twice.
  const { data: _data, ...extensions } = event.extensions;
  const attributes = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    ...(event.subject === null ? {} : { subject: event.subject }),
    ...(event.time === null ? {} : { time: event.time }),
    datacontenttype: 'application/json',
    ...extensions,
  });
  return Buffer.concat([Buffer.from(`${attributes.slice(0, -1)},"data":`), data, END]);
}
