import { jsonBody, pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { CreateApiKeyDto } from './api-key.dto.js';
import { ApiKeyView, CreatedApiKey } from './api-key-aggregate.js';

const CI = {
  id: 'key_01kxyzabcdefghjkmnpqrstvwx',
  tenantId: 'acme',
  name: 'ci',
  role: 'producer',
  createdAt: '2026-01-02T03:04:05.678Z',
};

export const API_KEYS_REFERENCE = {
  'api-keys.create': {
    request: jsonBody(CreateApiKeyDto),
    refusals: ['configuration_full'],
    answers: [
      {
        status: 201,
        description: 'The key, shown this once',
        body: { name: 'CreatedApiKey', schema: CreatedApiKey },
      },
    ],
    examples: {
      producer: {
        request: { name: 'ci', role: 'producer' },
        status: 201,
        answer: { ...CI, key: 'hk_0123456789abcdef0123456789abcdef0123456789abcdef' },
      },
    },
  },
  'api-keys.list': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'ApiKeys', schema: pageOf(ApiKeyView) } }],
    examples: { first: { query: { limit: '1' }, status: 200, answer: { items: [CI], nextCursor: null } } },
  },
  'api-keys.delete': {
    answers: [{ status: 204, description: 'It is deleted, and refused by every service within 5 seconds', body: null }],
    examples: { deleted: { path: { id: CI.id }, status: 204 } },
  },
} satisfies SomeReferences;
