import { jsonBody, type SomeReferences } from '@hookstile/service-runtime';
import { AppliedList } from './applied-list.js';
import { ApplyDto } from './apply.dto.js';

export const APPLY_REFERENCE = {
  'integrations.apply': {
    request: jsonBody(ApplyDto),
    answers: [
      {
        status: 200,
        description: 'What was done, or would be',
        body: { name: 'AppliedList', schema: AppliedList },
      },
    ],
    refusals: ['plan_required', 'endpoint_exists', 'ambiguous_name', 'not_found'],
    examples: {
      dryRun: {
        request: {
          dryRun: true,
          items: [
            { name: 'SIEM', url: 'https://example.com/hook', rateLimit: null },
            { name: 'Archive', url: 'https://example.com/archive' },
          ],
        },
        status: 200,
        answer: {
          dryRun: true,
          summary: { created: 1, changed: 1, deleted: 0, unchanged: 0 },
          items: [
            {
              name: 'SIEM',
              action: 'changed',
              id: 'int_01kxyza0123456789abcdefghj',
              changes: [{ pointer: '/rateLimit', from: { perSecond: 50 }, to: null }],
            },
            {
              name: 'Archive',
              action: 'created',
              id: null,
              changes: [
                {
                  pointer: '',
                  from: null,
                  to: {
                    name: 'Archive',
                    profile: 'standard-webhooks',
                    url: 'https://example.com/archive',
                    enabled: true,
                    eventTypes: ['*'],
                    filter: [],
                    request: {
                      method: 'POST',
                      headers: {},
                      auth: { type: 'none' },
                      body: { rename: {}, omit: [], format: 'standard' },
                      sign: {
                        scheme: 'standard-webhooks',
                        algorithm: 'hmac-sha256',
                        secret: { set: true, lastFour: 'Q9l8', updatedAt: '2026-01-02T03:04:05.678Z' },
                      },
                      timeoutMs: 15000,
                      tls: { verify: true },
                    },
                    ordering: { mode: 'strict' },
                    batch: { maxItems: 1, maxWaitMs: 0 },
                    retry: {
                      stopOn: [],
                      delaysMs: [5000, 300000, 1800000, 7200000, 18000000, 36000000, 50400000, 72000000, 86400000],
                      disableOn: [410],
                      onExhausted: 'continue',
                      retryAfterMaxMs: 3600000,
                    },
                    disableAfter: 100,
                    disableAfterMs: 432000000,
                    rateLimit: null,
                    logPayloads: 'full',
                  },
                },
              ],
            },
          ],
        },
      },
      applied: {
        request: { items: [{ name: 'SIEM', url: 'https://example.com/hook', rateLimit: { perSecond: 20 } }] },
        status: 200,
        answer: {
          dryRun: false,
          summary: { created: 0, changed: 1, deleted: 0, unchanged: 0 },
          items: [
            {
              name: 'SIEM',
              action: 'changed',
              id: 'int_01kxyza0123456789abcdefghj',
              changes: [{ pointer: '/rateLimit/perSecond', from: 50, to: 20 }],
            },
          ],
        },
      },
    },
  },
} satisfies SomeReferences;
