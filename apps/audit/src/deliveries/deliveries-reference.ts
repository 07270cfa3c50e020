import { type SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { exportedExample, exportedList } from '../export/export-reference.js';
import { DELIVERY_STATUSES } from '../project/rows.js';
import { exactly, type FilterParameters, oneOfThese, SPAN } from '../read/filter-parameters.js';
import type { DELIVERY_FILTERS } from './delivery.controller.js';
import { DeliveryItem } from './delivery-item.js';

const QUERY: FilterParameters<typeof DELIVERY_FILTERS> = {
  integrationId: exactly('To this integration.'),
  eventId: exactly('Of events with this id.'),
  eventType: exactly('Of events of this type.'),
  status: oneOfThese(Type.Enum([...DELIVERY_STATUSES]), 'How it stands.'),
  ...SPAN,
};

const DELIVERED = {
  id: 'dlv_01kxyzabcdefghjkmnpqrstvwx',
  integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
  eventId: 'evt_01kxyzabcdefghjkmnpqrstvwx',
  eventSource: 'hookstile:/tenants/acme',
  eventType: 'device.installed',
  status: 'delivered',
  reason: null,
  attemptCount: 1,
  nextAttemptAt: null,
  createdAt: '2026-01-02T03:04:05.678Z',
  finishedAt: '2026-01-02T03:04:05.678Z',
};

export const DELIVERIES_REFERENCE = {
  'deliveries.list': {
    ...exportedList(QUERY, 'Deliveries', DeliveryItem),
    examples: {
      'of-an-event': {
        query: { eventId: DELIVERED.eventId },
        status: 200,
        answer: { items: [DELIVERED], nextCursor: null },
      },
      'of-an-event-as-ndjson': {
        query: { eventId: DELIVERED.eventId, format: 'ndjson' },
        status: 200,
        answerMediaType: 'application/x-ndjson',
        answer: exportedExample('ndjson', DeliveryItem, [DELIVERED]),
      },
    },
  },
  'deliveries.get': {
    answers: [{ status: 200, description: 'The delivery', body: { name: 'Delivery', schema: DeliveryItem } }],
    examples: {
      found: { path: { id: DELIVERED.id }, status: 200, answer: DELIVERED },
      missing: {
        path: { id: 'dlv_zzzzzzzzzzzzzzzzzzzzzzzzzz' },
        status: 404,
        answer: {
          type: 'urn:hookstile:problem:not_found',
          title: 'There is no such thing',
          status: 404,
          detail: 'there is no such delivery',
          code: 'not_found',
        },
      },
    },
  },
} satisfies SomeReferences;
