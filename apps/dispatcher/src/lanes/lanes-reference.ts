import { pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { LaneView, WaitingView } from './lane-views.js';

const LANE = { id: 'int_01kxyzabcdefghjkmnpqrstvwx', key: 'main' };
const NEXT = { attempt: 2, nextAttemptAt: null };
const HEAD = { deliveryId: 'dlv_04kxyzabcdefghjkmnpqrstvwx', eventId: 'evt_04kxyzabcdefghjkmnpqrstvwx', ...NEXT };

export const LANES_REFERENCE = {
  'lanes.list': {
    isPaged: true,
    answers: [
      { status: 200, description: 'A page, the longest wait first', body: { name: 'Lanes', schema: pageOf(LaneView) } },
    ],
    examples: {
      exhausted: {
        path: { id: LANE.id },
        status: 200,
        answer: {
          items: [
            {
              key: 'main',
              state: 'parked',
              head: HEAD,
              waiting: 1,
              oldestAt: '2026-01-02T03:04:05.678Z',
              blockedBy: 'exhausted',
            },
          ],
          nextCursor: null,
        },
      },
    },
  },
  'lanes.list-deliveries': {
    isPaged: true,
    answers: [
      { status: 200, description: 'A page, oldest first', body: { name: 'Waiting', schema: pageOf(WaitingView) } },
    ],
    examples: {
      main: {
        path: LANE,
        status: 200,
        answer: {
          items: [
            {
              deliveryId: HEAD.deliveryId,
              eventId: HEAD.eventId,
              eventSource: 'hookstile:/tenants/acme',
              eventType: 'device.installed',
              ...NEXT,
              waitingSince: '2026-01-02T03:04:05.678Z',
            },
          ],
          nextCursor: null,
        },
      },
    },
  },
  'lanes.skip': {
    answers: [{ status: 200, description: 'The lane as it goes on', body: { name: 'Lane', schema: LaneView } }],
    refusals: ['conflict'],
    examples: {
      skipped: {
        path: LANE,
        status: 200,
        answer: { key: 'main', state: 'flowing', head: null, waiting: 0, oldestAt: null, blockedBy: null },
      },
      'nothing-to-skip': {
        path: LANE,
        status: 409,
        answer: {
          type: 'urn:hookstile:problem:conflict',
          title: 'The state does not allow this',
          status: 409,
          detail: 'the head of this lane is not exhausted: there is nothing to skip',
          code: 'conflict',
        },
      },
    },
  },
} satisfies SomeReferences;
