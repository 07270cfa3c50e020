import { jsonBody, pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { EventTypeDto } from './event-type.dto.js';
import { EventTypeView } from './event-type-aggregate.js';

const EVENT_TYPE = { name: 'EventType', schema: EventTypeView };
const PATH = { type: 'device.compliant' };
const GIVEN = {
  description: 'A device complies with its policy again.',
  schema: { type: 'object', properties: { device_id: { type: 'string' } }, required: ['device_id'] },
  example: { device_id: 'd-17' },
};
const COMPLIANT = {
  type: PATH.type,
  ...GIVEN,
  tenantId: 'acme',
  version: 1,
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
};
const REPLACED = { ...COMPLIANT, description: 'A device complies again.', version: 2 };

export const EVENT_TYPES_REFERENCE = {
  'event-types.list': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'EventTypes', schema: pageOf(EventTypeView) } }],
    examples: { first: { query: { limit: '1' }, status: 200, answer: { items: [REPLACED], nextCursor: null } } },
  },
  'event-types.get': {
    answers: [{ status: 200, description: 'The event type', body: EVENT_TYPE, headers: ['ETag'] }],
    examples: { found: { path: PATH, status: 200, answer: REPLACED } },
  },
  'event-types.put': {
    ifMatch: 'taken',
    request: jsonBody(EventTypeDto),
    answers: [
      { status: 200, description: 'The event type, which was there before', body: EVENT_TYPE, headers: ['ETag'] },
      { status: 201, description: 'The new event type', body: EVENT_TYPE, headers: ['ETag'] },
    ],
    refusals: ['conflict', 'configuration_full', 'reserved_type'],
    examples: {
      created: { path: PATH, request: GIVEN, status: 201, answer: COMPLIANT },
      replaced: {
        path: PATH,
        request: { ...GIVEN, description: 'A device complies again.' },
        status: 200,
        answer: REPLACED,
      },
    },
  },
  'event-types.delete': {
    ifMatch: 'taken',
    answers: [{ status: 204, description: 'It is deleted', body: null }],
    examples: { deleted: { path: PATH, status: 204 } },
  },
} satisfies SomeReferences;
