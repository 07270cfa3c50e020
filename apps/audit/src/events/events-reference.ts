import { type SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { exportedList } from '../export/export-reference.js';
import { EVENT_OUTCOMES } from '../project/rows.js';
import { exactly, type FilterParameters, oneOfThese } from '../read/filter-parameters.js';
import type { EVENT_FILTERS } from './event.controller.js';
import { EventItem } from './event-item.js';

const QUERY: FilterParameters<typeof EVENT_FILTERS> = {
  eventId: exactly('With this id.'),
  source: exactly('Of this source.'),
  outcome: oneOfThese(
    Type.Enum([...EVENT_OUTCOMES]),
    'Routed to integrations, filtered (none matched), a duplicate of an event of the last 24 hours, or rejected.',
  ),
};

const COMPLIANT = {
  id: 'compliance-1001',
  source: '/compliance',
  type: 'device.compliant',
  subject: 'laptop-7',
  time: '2026-01-02T03:04:05Z',
  acceptedAt: '2026-01-02T03:04:05.678Z',
  via: 'http',
  detail: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

export const EVENTS_REFERENCE = {
  'events.list': {
    ...exportedList(QUERY, 'Events', EventItem),
    examples: {
      routed: {
        query: { eventId: COMPLIANT.id, outcome: 'routed' },
        status: 200,
        answer: {
          items: [
            {
              ...COMPLIANT,
              outcome: 'routed',
              reason: null,
              deliveries: [
                {
                  id: 'dlv_05kxyzabcdefghjkmnpqrstvwx',
                  integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
                  status: 'delivered',
                },
              ],
            },
          ],
          nextCursor: null,
        },
      },
      duplicates: {
        query: { outcome: 'duplicate' },
        status: 200,
        answer: {
          items: [{ ...COMPLIANT, outcome: 'duplicate', reason: null, deliveries: [] }],
          nextCursor: null,
        },
      },
    },
  },
} satisfies SomeReferences;
