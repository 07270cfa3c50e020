import type { OperationEntry, OperationReference } from '@hookstile/service-runtime';
import { examplesOf } from './examples.ts';
import type { Schema } from './input-schemas.ts';

const PAGE_PARAMETERS: readonly Schema[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Items of a page.',
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  },
  { name: 'cursor', in: 'query', description: 'The nextCursor of the page before.', schema: { type: 'string' } },
];

const TENANT_HEADER: Schema = {
  name: 'Hookstile-Tenant',
  in: 'header',
  description: "The tenant that the platform key acts for; a tenant's own key needs none.",
  schema: { type: 'string' },
};

const IDEMPOTENCY_KEY: Schema = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key again within 24 hours gets the first answer, and changes nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of what is changed, or * for any.',
  schema: { type: 'string' },
};

/** Config keeps the answers to its POSTs, and a recovery knows who started it. */
export function takesIdempotencyKey({ service, method, path }: OperationEntry): boolean {
  return method === 'POST' && (service === 'config' || path === '/v1/recoveries');
}

export function parametersOf(
  operation: OperationEntry,
  { query = {}, headers: own = {}, isPaged, ifMatch, examples }: OperationReference,
): Schema[] {
  const { path, access } = operation;
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...examplesOf(examples, ({ path: given }) => given?.[name]),
  }));
  const queried = Object.entries(query).map(([name, parameter]) => ({ name, in: 'query', ...parameter }));
  const ofQuery = [...queried, ...(isPaged ? PAGE_PARAMETERS : [])].map((parameter) => ({
    ...parameter,
    ...examplesOf(examples, ({ query: given }) => given?.[String(parameter.name)]),
  }));
  const ofHeaders: Schema[] = [
    ...Object.entries(own).map(([name, parameter]) => ({ name, in: 'header', ...parameter })),
    ...(ifMatch ? [{ ...IF_MATCH, required: ifMatch === 'needed' }] : []),
    ...(takesIdempotencyKey(operation) ? [IDEMPOTENCY_KEY] : []),
    ...(access.kind === 'roles' && access.needsTenant ? [TENANT_HEADER] : []),
  ].map((parameter) => ({
    ...parameter,
    ...examplesOf(examples, ({ headers }) => headers?.[String(parameter.name).toLowerCase()]),
  }));
  return [...named, ...ofQuery, ...ofHeaders];
}
