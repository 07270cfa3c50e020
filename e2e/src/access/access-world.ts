import { type Receiver, randomSuffix, startReceiver } from '@hookstile/testing';
import { Api } from '../api.js';
import { type Stack, startStack } from '../stack.js';
import { createMarkedThings, type MarkedThings } from './marked-things.js';

export const ROLES = ['viewer', 'editor', 'admin', 'producer'] as const;
export type Role = (typeof ROLES)[number];

/** More than all tests make together: what is refused is tested beside the guard. */
export const RATE_LIMIT_REQUESTS = 1_000_000;

export interface IssuedKey {
  id: string;
  key: string;
}

/** A running stack of two dispatchers, with two tenants that have one thing of each kind; one has a key of each role. */
export interface AccessWorld {
  stack: Stack;
  tenantId: string;
  platform: Api;
  /** The platform's key for the tenant. */
  forTenant: Api;
  keys: Readonly<Record<Role, string>>;
  otherTenantId: string;
  otherAdminKey: string;
  receiver: Receiver;
  /** The tenant's things. */
  foreign: MarkedThings;
  /** The other tenant's. */
  own: MarkedThings;
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

export async function startAccessWorld(): Promise<AccessWorld> {
  const stack = await startStack({
    env: { HOOKSTILE_RATE_LIMIT_REQUESTS: String(RATE_LIMIT_REQUESTS), HOOKSTILE_DISPATCHERS: '2' },
  });
  const receiver = await startReceiver();
  const platform = new Api(stack.run.baseUrl, stack.run.adminKey);
  const tenantId = await createTenant(platform, 'access');
  const otherTenantId = await createTenant(platform, 'other');
  const forTenant = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
  const issued = await Promise.all(ROLES.map(async (role) => [role, (await issueKey(forTenant, role)).key] as const));
  const forOther = new Api(stack.run.baseUrl, stack.run.adminKey, otherTenantId);
  const other = await issueKey(forOther, 'admin');
  const [foreign, own] = await Promise.all([
    createMarkedThings(forTenant, receiver, tenantId, `foreign${randomSuffix()}`),
    createMarkedThings(forOther, receiver, otherTenantId, `own${randomSuffix()}`),
  ]);
  return {
    stack,
    tenantId,
    platform,
    forTenant,
    keys: Object.fromEntries(issued) as Record<Role, string>,
    otherTenantId,
    otherAdminKey: other.key,
    ...{ receiver, foreign, own },
    close: async () => {
      await receiver.close();
      await stack.stop();
    },
  };
}
