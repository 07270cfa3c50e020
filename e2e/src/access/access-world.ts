import { type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { Api } from '../api.js';
import { type Stack, startStack } from '../stack.js';

export const ROLES = ['viewer', 'editor', 'admin', 'producer'] as const;
export type Role = (typeof ROLES)[number];

/** More than all tests make together: what is refused is tested beside the guard. */
export const RATE_LIMIT_REQUESTS = 1_000_000;

const VIEWS_TIMEOUT_MS = 10_000;

export interface IssuedKey {
  id: string;
  key: string;
}

/** What a tenant has of everything that an operation names by its path. */
export type Things = Readonly<Record<string, string>>;

/** A running stack with two tenants: one with a key of each role and one thing of each kind, and another. */
export interface AccessWorld {
  stack: Stack;
  tenantId: string;
  platform: Api;
  /** The platform's key for the tenant. */
  forTenant: Api;
  keys: Readonly<Record<Role, string>>;
  otherTenantId: string;
  otherAdminKey: string;
  /** Ids of the tenant's own, by the first segment of the path that names them. */
  things: Things;
  close(): Promise<void>;
}

export async function issueKey(api: Api, role: Role): Promise<IssuedKey> {
  return api.expect<{ id: string; key: string }>(201, 'POST', '/v1/api-keys', { body: { name: role, role } });
}

async function createTenant(platform: Api, name: string): Promise<string> {
  const id = `${name}-${randomSuffix()}`;
  await platform.expect(201, 'POST', '/v1/tenants', { body: { id, name, plan: 'standard' } });
  return id;
}

async function firstId(api: Api, path: string): Promise<string> {
  return until(async () => (await api.list<{ id: string }>(path)).at(0)?.id ?? null, {
    what: `a row of ${path}`,
    timeoutMs: VIEWS_TIMEOUT_MS,
  });
}

/** One of each: a delivered event and a decision leave rows in the views. */
async function createThings(api: Api, receiver: Receiver): Promise<Things> {
  const url = `${receiver.url}/hook`;
  const integration = await api.expect<{ id: string }>(201, 'POST', '/v1/integrations', { body: { name: 'one', url } });
  const rule = await api.expect<{ id: string }>(201, 'POST', '/v1/decision-rules', {
    body: { name: 'rule', method: 'POST', url },
  });
  const { id: apiKeyId } = await issueKey(api, 'viewer');
  await api.expect(202, 'POST', '/v1/events', { body: { type: 'a.b', data: {} } });
  await api.expect(200, 'POST', '/v1/decisions', { body: { rule: rule.id, context: {} } });
  const recovery = await api.expect<{ id: string }>(202, 'POST', '/v1/recoveries', {
    body: { integrationId: integration.id, since: '2026-01-02T00:00:00Z' },
  });
  return {
    integrations: integration.id,
    'decision-rules': rule.id,
    'api-keys': apiKeyId,
    'event-log': await firstId(api, '/v1/event-log'),
    deliveries: await firstId(api, '/v1/deliveries'),
    recoveries: recovery.id,
    'activity-log': await firstId(api, '/v1/activity-log'),
  };
}

export async function startAccessWorld(): Promise<AccessWorld> {
  const stack = await startStack({ env: { HOOKSTILE_RATE_LIMIT_REQUESTS: String(RATE_LIMIT_REQUESTS) } });
  const receiver = await startReceiver();
  const platform = new Api(stack.run.baseUrl, stack.run.adminKey);
  const tenantId = await createTenant(platform, 'access');
  const otherTenantId = await createTenant(platform, 'other');
  const forTenant = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
  const issued = await Promise.all(ROLES.map(async (role) => [role, (await issueKey(forTenant, role)).key] as const));
  const other = await issueKey(new Api(stack.run.baseUrl, stack.run.adminKey, otherTenantId), 'admin');
  return {
    stack,
    tenantId,
    platform,
    forTenant,
    keys: Object.fromEntries(issued) as Record<Role, string>,
    otherTenantId,
    otherAdminKey: other.key,
    things: await createThings(forTenant, receiver),
    close: async () => {
      await receiver.close();
      await stack.stop();
    },
  };
}
