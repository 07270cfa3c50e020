import { DecisionCode, Verdict } from '@hookstile/contracts';
import { type SomeReferences } from '@hookstile/service-runtime';
import { exportedList } from '../export/export-reference.js';
import { exactly, type FilterParameters, oneOfThese, SPAN } from '../read/filter-parameters.js';
import type { ACTIVITY_LOG_FILTERS } from './activity-log.controller.js';
import { ActivityLogItem } from './activity-log-item.js';

const QUERY: FilterParameters<typeof ACTIVITY_LOG_FILTERS> = {
  ruleId: exactly('Of this decision rule.'),
  decision: oneOfThese(Verdict, 'Granted or denied.'),
  code: oneOfThese(DecisionCode, 'What led to the decision.'),
  username: exactly('The username of the context.'),
  ...SPAN,
};

const DENIED = {
  id: 'dec_02kxyzabcdefghjkmnpqrstvwx',
  at: '2026-01-02T03:04:05.678Z',
  ruleId: 'rul_01kxyzabcdefghjkmnpqrstvwx',
  ruleName: 'ztna',
  ruleVersion: 1,
  decision: 'denied',
  code: 'no_match',
  reason: 'No response action matched: "access" is "no".',
  httpStatus: 200,
  durationMs: 9.1,
  cached: false,
  username: 'mallory',
  remoteIp: '203.0.113.8',
  deviceId: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

export const ACTIVITY_LOG_REFERENCE = {
  'activity-log.list': {
    ...exportedList(QUERY, 'LoggedDecisions', ActivityLogItem),
    examples: {
      denied: { query: { decision: 'denied' }, status: 200, answer: { items: [DENIED], nextCursor: null } },
    },
  },
  'activity-log.get': {
    answers: [{ status: 200, description: 'The decision', body: { name: 'LoggedDecision', schema: ActivityLogItem } }],
    examples: { found: { path: { id: DENIED.id }, status: 200, answer: DENIED } },
  },
} satisfies SomeReferences;
