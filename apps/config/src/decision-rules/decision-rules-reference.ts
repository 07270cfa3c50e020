import { jsonBody, mergePatchBody, pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { DecisionRuleDto } from './decision-rule.dto.js';
import { DecisionRuleView } from './decision-rule-view.js';

const RULE = { name: 'DecisionRule', schema: DecisionRuleView };
const COMPLIANT = {
  id: 'rul_01kxyza0123456789abcdefghj',
  tenantId: 'acme',
  name: 'Compliant devices',
  enabled: true,
  method: 'POST',
  url: 'https://example.com/decide',
  headers: {},
  auth: { type: 'none' },
  body: '{"user":"%username%"}',
  verification: 'json',
  match: 'first',
  responseActions: [{ key: 'status', type: 'allow', value: 'compliant' }],
  onError: 'deny',
  timeoutMs: 5000,
  cacheSeconds: 0,
  version: 1,
  state: 'enabled',
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
};
const PATH = { id: COMPLIANT.id };

export const DECISION_RULES_REFERENCE = {
  'decision-rules.create': {
    request: jsonBody(DecisionRuleDto),
    answers: [{ status: 201, description: 'The decision rule', body: RULE, headers: ['ETag', 'Location'] }],
    refusals: ['conflict', 'configuration_full', 'unknown_parameter'],
    examples: {
      json: {
        request: {
          name: 'Compliant devices',
          method: 'POST',
          url: 'https://example.com/decide',
          body: '{"user":"%username%"}',
          responseActions: [{ type: 'allow', key: 'status', value: 'compliant' }],
        },
        status: 201,
        answer: COMPLIANT,
      },
    },
  },
  'decision-rules.list': {
    isPaged: true,
    answers: [
      { status: 200, description: 'A page', body: { name: 'DecisionRules', schema: pageOf(DecisionRuleView) } },
    ],
    examples: { first: { query: { limit: '1' }, status: 200, answer: { items: [COMPLIANT], nextCursor: null } } },
  },
  'decision-rules.get': {
    answers: [{ status: 200, description: 'The decision rule', body: RULE, headers: ['ETag'] }],
    examples: { found: { path: PATH, status: 200, answer: COMPLIANT } },
  },
  'decision-rules.update': {
    ifMatch: 'needed',
    request: mergePatchBody(DecisionRuleDto),
    answers: [{ status: 200, description: 'The decision rule as it is now', body: RULE, headers: ['ETag'] }],
    refusals: ['conflict', 'configuration_full', 'unknown_parameter'],
    examples: {
      timeout: {
        path: PATH,
        headers: { 'if-match': '"1"' },
        request: { timeoutMs: 2000 },
        status: 200,
        answer: { ...COMPLIANT, ...{ timeoutMs: 2000, version: 2 } },
      },
    },
  },
  'decision-rules.delete': {
    ifMatch: 'needed',
    answers: [{ status: 204, description: 'It is deleted', body: null }],
    examples: { deleted: { path: PATH, headers: { 'if-match': '*' }, status: 204 } },
  },
  'decision-rules.enable': {
    answers: [{ status: 200, description: 'The decision rule as it is now', body: RULE, headers: ['ETag'] }],
    examples: {
      enabled: { path: PATH, status: 200, answer: { ...COMPLIANT, ...{ timeoutMs: 2000, version: 4 } } },
    },
  },
  'decision-rules.disable': {
    answers: [{ status: 200, description: 'The decision rule as it is now', body: RULE, headers: ['ETag'] }],
    examples: {
      disabled: {
        path: PATH,
        status: 200,
        answer: { ...COMPLIANT, ...{ enabled: false, timeoutMs: 2000, version: 3, state: 'disabled' } },
      },
    },
  },
} satisfies SomeReferences;
