import type { SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { ATTEMPT, EVENT_LOG_PARAMETERS } from '../event-log/event-log-reference.js';

const Stream = Type.String({
  description:
    'Server-sent events. `attempt`: its data is an attempt, as the list has it. `gap`: its data is `{reason, since}`; what ' +
    'was missed since then stands in the list; reason: `too_old`, `too_many` or `unknown`.',
});

const FOLLOWED = {
  ...ATTEMPT,
  id: 'att_06kxyzabcdefghjkmnpqrstvwx_0_1',
  deliveryId: 'dlv_06kxyzabcdefghjkmnpqrstvwx',
  deliveryIds: ['dlv_06kxyzabcdefghjkmnpqrstvwx'],
  eventId: 'evt_06kxyzabcdefghjkmnpqrstvwx',
  eventSource: 'hookstile:/test',
  trigger: 'test',
  request: {
    ...ATTEMPT.request,
    headers: { ...ATTEMPT.request.headers, 'webhook-id': 'dlv_06kxyzabcdefghjkmnpqrstvwx' },
  },
};

export const TAIL_REFERENCE = {
  'event-log.stream': {
    query: EVENT_LOG_PARAMETERS,
    headers: {
      'Last-Event-ID': {
        schema: Type.String(),
        description: 'The id of the last event that was seen: the stream resumes behind it.',
      },
    },
    answers: [
      {
        status: 200,
        description: 'Attempts as they become visible, until the reader goes',
        body: { name: 'AttemptStream', schema: Stream },
        mediaType: 'text/event-stream',
      },
    ],
    examples: {
      followed: {
        query: { trigger: 'test', eventType: 'device.installed' },
        status: 200,
        answer: `retry: 1000\nid: WzEyLG51bGxd\n\nid: WzEzLG51bGxd\nevent: attempt\ndata: ${JSON.stringify(FOLLOWED)}\n\n`,
      },
    },
  },
} satisfies SomeReferences;
