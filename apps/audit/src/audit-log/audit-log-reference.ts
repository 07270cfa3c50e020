import { type SomeReferences } from '@hookstile/service-runtime';
import { exportedList } from '../export/export-reference.js';
import { exactly, type FilterParameters, SPAN } from '../read/filter-parameters.js';
import type { AUDIT_LOG_FILTERS } from './audit-log.controller.js';
import { AuditLogItem } from './audit-log-item.js';

const QUERY: FilterParameters<typeof AUDIT_LOG_FILTERS> = {
  actorId: exactly('Done with this API key.'),
  action: exactly('Such as `integration.created`.'),
  subjectType: exactly(
    'What was changed: `tenant`, `api_key`, `event_type`, `integration`, `decision_rule` or `delivery`.',
  ),
  subjectId: exactly('The id of what was changed.'),
  ...SPAN,
};

const BY_PLATFORM = {
  at: '2026-01-02T03:04:05.678Z',
  actor: { type: 'platform', id: null, name: null, role: null },
  requestId: 'req_01kxyzabcdefghjkmnpqrstvwx',
};
const SKIPPED = { integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx', eventId: 'evt_04kxyzabcdefghjkmnpqrstvwx' };

export const AUDIT_LOG_REFERENCE = {
  'audit-log.list': {
    ...exportedList(QUERY, 'AuditLog', AuditLogItem),
    examples: {
      'of-the-tenant': {
        query: { subjectType: 'tenant', subjectId: 'acme' },
        status: 200,
        answer: {
          items: [
            {
              id: 'aud_0000000000000001',
              ...BY_PLATFORM,
              action: 'tenant.created',
              subject: { type: 'tenant', id: 'acme', name: 'Acme' },
              before: null,
              after: {
                id: 'acme',
                name: 'Acme',
                plan: 'standard',
                version: 1,
                createdAt: '2026-01-02T03:04:05.678Z',
                updatedAt: '2026-01-02T03:04:05.678Z',
              },
            },
          ],
          nextCursor: null,
        },
      },
      skipped: {
        query: { action: 'delivery.skipped' },
        status: 200,
        answer: {
          items: [
            {
              id: 'aud_04kxyzabcdefghjkmnpqrstvwx_0',
              ...BY_PLATFORM,
              requestId: 'req_02kxyzabcdefghjkmnpqrstvwx',
              action: 'delivery.skipped',
              subject: { type: 'delivery', id: 'dlv_04kxyzabcdefghjkmnpqrstvwx', name: null },
              before: { ...SKIPPED, status: 'pending', reason: 'exhausted' },
              after: { ...SKIPPED, status: 'failed', reason: 'skipped' },
            },
          ],
          nextCursor: null,
        },
      },
    },
  },
} satisfies SomeReferences;
