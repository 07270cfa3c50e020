import { AttemptWithBodies, optionalJsonBody, type SomeReferences } from '@hookstile/service-runtime';
import { TrialDto } from './trial-input.js';

export const TRIALS_REFERENCE = {
  'integrations.test': {
    request: optionalJsonBody(TrialDto),
    answers: [
      {
        status: 200,
        description: 'The attempt, with its bodies',
        body: { name: 'AttemptWithBodies', schema: AttemptWithBodies },
      },
    ],
    examples: {
      'of-a-type': {
        path: { id: 'int_01kxyzabcdefghjkmnpqrstvwx' },
        request: { eventType: 'device.compliant' },
        status: 200,
        answer: {
          id: 'att_03kxyzabcdefghjkmnpqrstvwx_0_1',
          at: '2026-01-02T03:04:05.678Z',
          integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
          deliveryId: 'dlv_03kxyzabcdefghjkmnpqrstvwx',
          deliveryIds: ['dlv_03kxyzabcdefghjkmnpqrstvwx'],
          eventId: 'evt_03kxyzabcdefghjkmnpqrstvwx',
          eventSource: 'hookstile:/test',
          eventType: 'device.compliant',
          attempt: 1,
          trigger: 'test',
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
              'webhook-id': 'dlv_03kxyzabcdefghjkmnpqrstvwx',
              'webhook-timestamp': '1767323045',
              'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
              traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
            },
            truncated: false,
            body: '{"type":"device.compliant","timestamp":"2026-01-02T03:04:05.678Z","data":{"test":true}}',
            bodyEncoding: 'utf8',
          },
          response: {
            headers: {
              date: 'Fri, 02 Jan 2026 03:04:05 GMT',
              connection: 'keep-alive',
              'keep-alive': 'timeout=5',
              'transfer-encoding': 'chunked',
            },
            truncated: false,
            body: '',
            bodyEncoding: 'utf8',
          },
        },
      },
    },
  },
} satisfies SomeReferences;
