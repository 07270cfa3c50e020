import {
  ID_MAX_CHARACTERS,
  SOURCE_MAX_CHARACTERS,
  SUBJECT_MAX_CHARACTERS,
  TENANT_MAX_CHARACTERS,
  TIME_MAX_CHARACTERS,
  TYPE_MAX_CHARACTERS,
} from '../../../apps/event-ingest/src/accept/accept.bounds.ts';
import type { ChannelMessage } from './channel-message.ts';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

const ATTRIBUTES = {
  specversion: { type: 'string', const: '1.0' },
  id: text(ID_MAX_CHARACTERS),
  source: text(SOURCE_MAX_CHARACTERS),
  type: text(TYPE_MAX_CHARACTERS),
  tenantid: text(TENANT_MAX_CHARACTERS),
  subject: text(SUBJECT_MAX_CHARACTERS),
  time: { type: 'string', format: 'date-time', maxLength: TIME_MAX_CHARACTERS },
};
const REQUIRED = ['specversion', 'id', 'source', 'type', 'tenantid'];
const DATA = 'Any JSON, at most 64 levels deep. Receivers get its bytes as they are here.';

const asHeaders = Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, schema]) => [`ce_${name}`, schema]));
const traceparent = { type: 'string', description: 'The trace goes on through every attempt.' };

/** What producers write: CloudEvents 1.0 by its Kafka binding 1.0.2, in either mode. */
export const CLOUD_EVENT_MESSAGES: Readonly<Record<string, ChannelMessage>> = {
  CloudEventBinary: {
    summary:
      'A CloudEvent in binary mode: attributes in headers, extensions as further `ce_` headers, the data in the value',
    contentType: 'application/json',
    headers: {
      type: 'object',
      required: REQUIRED.map((name) => `ce_${name}`),
      properties: { ...asHeaders, 'content-type': { type: 'string' }, traceparent },
    },
    payload: { description: DATA },
  },
  CloudEventStructured: {
    summary: 'A CloudEvent in structured mode: all of it in the value',
    contentType: 'application/cloudevents+json',
    headers: {
      type: 'object',
      required: ['content-type'],
      properties: { 'content-type': { type: 'string', pattern: '^application/cloudevents\\+json' }, traceparent },
    },
    payload: {
      type: 'object',
      required: REQUIRED,
      properties: {
        ...ATTRIBUTES,
        datacontenttype: { type: 'string' },
        data: { description: DATA },
        data_base64: { type: 'string', contentEncoding: 'base64' },
      },
    },
  },
};
