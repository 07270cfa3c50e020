import { AttemptError, Trigger } from '@hookstile/contracts';
import { AttemptView, AttemptWithBodies, type SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { exportedExample, exportedList } from '../export/export-reference.js';
import { ATTEMPT_OUTCOMES } from '../project/rows.js';
import { exactly, type FilterParameters, oneOfThese, SPAN } from '../read/filter-parameters.js';
import type { EVENT_LOG_FILTERS } from './event-log-query.js';

/** Of the list and of the stream. */
export const EVENT_LOG_PARAMETERS: FilterParameters<typeof EVENT_LOG_FILTERS> = {
  integrationId: exactly('At this integration.'),
  eventId: exactly('Of events with this id.'),
  deliveryId: exactly('Of this delivery.'),
  eventType: exactly('Of events of this type.'),
  httpStatus: { schema: Type.Integer({ minimum: 100, maximum: 999 }), description: 'Answered with this status.' },
  outcome: oneOfThese(Type.Enum([...ATTEMPT_OUTCOMES]), 'Succeeded or failed.'),
  error: oneOfThese(AttemptError, 'Why it failed.'),
  trigger: oneOfThese(Trigger, 'What it was made for.'),
  ...SPAN,
  q: exactly(
    'How an id begins (of the attempt, delivery, integration or event; of the trace, all of it), or a part of the type, ' +
      'the error or its text (the first 200 characters). Case does not matter, but for ids of events, which are looked ' +
      'for as given, in lower and in upper case. What looks like an id of ours is looked for among ids alone.',
  ),
};

export const ATTEMPT = {
  id: 'att_01kxyzabcdefghjkmnpqrstvwx_1_1',
  at: '2026-01-02T03:04:05.678Z',
  integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
  deliveryId: 'dlv_01kxyzabcdefghjkmnpqrstvwx',
  deliveryIds: ['dlv_01kxyzabcdefghjkmnpqrstvwx'],
  eventId: 'evt_01kxyzabcdefghjkmnpqrstvwx',
  eventSource: 'hookstile:/tenants/acme',
  eventType: 'device.installed',
  attempt: 1,
  trigger: 'event',
  outcome: 'succeeded',
  httpStatus: 200,
  error: null,
  errorDetail: null,
  durationMs: 12,
  nextAttemptAt: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  late: false,
  request: {
    method: 'POST',
    url: 'https://example.com/hook',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Hookstile/0.1.0',
      'webhook-id': 'dlv_01kxyzabcdefghjkmnpqrstvwx',
      'webhook-timestamp': '1767323045',
      'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
    },
    truncated: false,
  },
  response: {
    headers: {
      date: 'Fri, 02 Jan 2026 03:04:05 GMT',
      connection: 'keep-alive',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
    },
    truncated: false,
  },
};

export const EVENT_LOG_REFERENCE = {
  'event-log.list': {
    ...exportedList(EVENT_LOG_PARAMETERS, 'Attempts', AttemptView),
    examples: {
      'of-an-event': {
        query: { eventId: ATTEMPT.eventId, outcome: 'succeeded' },
        status: 200,
        answer: { items: [ATTEMPT], nextCursor: null },
      },
      'of-an-event-as-csv': {
        query: { eventId: ATTEMPT.eventId, format: 'csv' },
        status: 200,
        answerMediaType: 'text/csv',
        answer: exportedExample('csv', AttemptView, [ATTEMPT]),
      },
      'no-status': {
        query: { httpStatus: 'all' },
        status: 400,
        answer: {
          type: 'urn:hookstile:problem:malformed',
          title: 'The request cannot be read',
          status: 400,
          detail: 'httpStatus: not a value of this filter',
          code: 'malformed',
        },
      },
    },
  },
  'event-log.get': {
    answers: [
      {
        status: 200,
        description: 'The attempt with its bodies',
        body: { name: 'AttemptWithBodies', schema: AttemptWithBodies },
      },
    ],
    examples: {
      found: {
        path: { id: ATTEMPT.id },
        status: 200,
        answer: {
          ...ATTEMPT,
          request: {
            ...ATTEMPT.request,
            body: '{"type":"device.installed","timestamp":"2026-01-02T03:04:05.678Z","data":{"device_id":"laptop-7","os":"Windows 11"}}',
            bodyEncoding: 'utf8',
          },
          response: { ...ATTEMPT.response, body: '', bodyEncoding: 'utf8' },
        },
      },
    },
  },
} satisfies SomeReferences;
