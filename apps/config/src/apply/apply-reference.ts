import { jsonBody, type SomeReferences } from '@hookstile/service-runtime';
import { SIEM, SIEM_DOCUMENT } from '../integrations/integration-example.js';
import { AppliedList } from './applied-list.js';
import { ApplyDto } from './apply.dto.js';

const COMPLIANT = [{ op: 'in', value: ['compliant'], pointer: '/data/status' }];

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
    refusals: ['plan_required', 'endpoint_exists', 'configuration_full', 'ambiguous_name', 'not_found'],
    examples: {
      dryRun: {
        request: {
          dryRun: true,
          items: [
            { name: 'SIEM', url: 'https://example.com/hook', rateLimit: null },
            { name: 'Archive', url: 'https://example.com/archive', filter: COMPLIANT },
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
              id: SIEM.id,
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
                  to: { ...SIEM_DOCUMENT, name: 'Archive', url: 'https://example.com/archive', filter: COMPLIANT },
                },
              ],
            },
          ],
        },
      },
      applied: {
        request: {
          items: [{ name: 'SIEM', url: 'https://example.com/hook', filter: COMPLIANT, rateLimit: { perSecond: 20 } }],
        },
        status: 200,
        answer: {
          dryRun: false,
          summary: { created: 0, changed: 1, deleted: 0, unchanged: 0 },
          items: [
            {
              name: 'SIEM',
              action: 'changed',
              id: SIEM.id,
              changes: [
                { pointer: '/filter', from: [], to: COMPLIANT },
                { pointer: '/rateLimit/perSecond', from: 50, to: 20 },
              ],
            },
          ],
        },
      },
    },
  },
} satisfies SomeReferences;
