import { jsonBody, mergePatchBody, pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { CreateTenantDto, TenantDto } from './tenant.dto.js';
import { TenantView } from './tenant-aggregate.js';

const TENANT = { name: 'Tenant', schema: TenantView };
const ACME = {
  id: 'acme',
  name: 'Acme',
  plan: 'standard',
  version: 1,
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:05.678Z',
};

export const TENANTS_REFERENCE = {
  'tenants.create': {
    request: jsonBody(CreateTenantDto),
    answers: [{ status: 201, description: 'The tenant', body: TENANT, headers: ['ETag', 'Location'] }],
    refusals: ['conflict'],
    examples: {
      created: { request: { id: 'acme', name: 'Acme', plan: 'standard' }, status: 201, answer: ACME },
    },
  },
  'tenants.list': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'Tenants', schema: pageOf(TenantView) } }],
    examples: { first: { query: { limit: '1' }, status: 200, answer: { items: [ACME], nextCursor: null } } },
  },
  'tenants.get': {
    answers: [{ status: 200, description: 'The tenant', body: TENANT, headers: ['ETag'] }],
    examples: { found: { path: { id: 'acme' }, status: 200, answer: ACME } },
  },
  'tenants.update': {
    ifMatch: 'needed',
    request: mergePatchBody(TenantDto),
    answers: [{ status: 200, description: 'The tenant as it is now', body: TENANT, headers: ['ETag'] }],
    examples: {
      plan: {
        path: { id: 'acme' },
        headers: { 'if-match': '"1"' },
        request: { plan: 'enterprise' },
        status: 200,
        answer: { ...ACME, plan: 'enterprise', version: 2 },
      },
    },
  },
  'tenants.delete': {
    ifMatch: 'needed',
    answers: [
      {
        status: 204,
        description: 'It is deleted, and its keys, integrations, rules and event types with it',
        body: null,
      },
    ],
    examples: { deleted: { path: { id: 'acme' }, headers: { 'if-match': '*' }, status: 204 } },
  },
} satisfies SomeReferences;
