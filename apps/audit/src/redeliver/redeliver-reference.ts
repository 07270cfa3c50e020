import type { SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';

const ID = 'dlv_01kxyzabcdefghjkmnpqrstvwx';

const Redelivery = Type.Object({ deliveryId: Type.String() });

export const REDELIVER_REFERENCE = {
  'deliveries.redeliver': {
    answers: [
      { status: 202, description: 'It will be sent once more', body: { name: 'Redelivery', schema: Redelivery } },
    ],
    refusals: ['conflict', 'integration_disabled', 'event_expired'],
    examples: {
      asked: { path: { id: ID }, status: 202, answer: { deliveryId: ID } },
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
