import { type Receiver, until } from '@hookstile/testing';
import { Api, type DeliveryRow, type EventLogRow } from '../api.ts';

/** The first letters of an id → ids of things that are there. */
export type Things = Readonly<Record<string, readonly string[]>>;

/** A tenant with a little of everything, so that requests find what they ask for. */
export interface World {
  tenantId: string;
  receiverUrl: string;
  /** Keys of the tenant by role. */
  keys: Readonly<Record<Role, string>>;
  things: Things;
  /** What may be deleted without taking away what the others stand on. */
  spares: Things;
  /** Of the integration whose lane is blocked. */
  blocked: Things;
}

export type Role = 'admin' | 'editor' | 'viewer' | 'producer';

const ROLES: readonly Role[] = ['admin', 'editor', 'viewer', 'producer'];
const VIEWS_TIMEOUT_MS = 60_000;
const HOOK = '/hook';
const FAILING = '/failing';
const ACCESS = '/access';
const TYPES = ['device.compliant', 'device.installed'];

interface Created {
  id: string;
}

/** What the integrations and decision rules of all worlds ask. */
export function answerWorlds(receiver: Receiver): void {
  receiver.answer(HOOK, () => ({ status: 200, body: '{"ok":true}' }));
  receiver.answer(FAILING, () => ({ status: 500 }));
  receiver.answer(ACCESS, ({ body }) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access: body.includes('alice') ? 'yes' : 'no' }),
  }));
}

export async function makeWorld(platform: Api, api: Api, tenantId: string, receiver: Receiver): Promise<World> {
  const create = (path: string, body: object) => api.expect<Created>(201, 'POST', path, { body });
  await platform.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: 'Fuzzed', plan: 'enterprise' } });
  const keys: Partial<Record<Role, string>> = {};
  for (const role of ROLES) {
    const { key } = await api.expect<{ key: string }>(201, 'POST', '/v1/api-keys', { body: { name: role, role } });
    keys[role] = key;
  }
  const spareKey = await create('/v1/api-keys', { name: 'spare', role: 'viewer' });
  for (const type of TYPES) {
    const schema = { type: 'object', properties: { status: { type: 'string' } } };
    await api.send('PUT', `/v1/event-types/${type}`, { body: { description: 'A device', schema } });
  }
  const integration = (name: string, path: string, more: object = {}) =>
    create('/v1/integrations', { name, url: `${receiver.url}${path}`, ...more });
  const [works, spare] = [await integration('works', HOOK), await integration('spare', HOOK, { eventTypes: ['none'] })];
  const fails = await integration('fails', FAILING, { retry: { delaysMs: [] }, disableAfter: null });
  const blocks = await integration('blocks', FAILING, { retry: { delaysMs: [], onExhausted: 'block' } });
  const rule = (name: string) =>
    create('/v1/decision-rules', {
      name,
      method: 'POST',
      url: `${receiver.url}${ACCESS}`,
      body: { user: '%username%' },
      responseActions: [{ type: 'allow', key: 'access', value: 'yes' }],
    });
  const [ruled, spareRule] = [await rule('ztna'), await rule('spare')];

  const emit = (body: object) => api.expect<Created>(202, 'POST', '/v1/events', { body });
  const events = [await emit({ type: 'device.compliant', data: { status: 'compliant' } })];
  events.push(await emit({ type: 'device.installed', data: { n: 1 } }));
  const decide = (username: string) =>
    api.expect(200, 'POST', '/v1/decisions', { body: { rule: 'ztna', context: { username } } });
  await decide('alice');
  await decide('mallory');

  const deliveries = await listed<DeliveryRow>(api, `/v1/deliveries?integrationId=${fails.id}&status=failed`, 2);
  const attempts = await listed<EventLogRow>(api, `/v1/event-log?integrationId=${works.id}`, 2);
  const decisions = await listed<Created>(api, '/v1/activity-log', 2);
  const since = new Date(Date.now() - VIEWS_TIMEOUT_MS * 10).toISOString();
  const recover = (integrationId: string) =>
    api.expect<Created>(202, 'POST', '/v1/recoveries', { body: { integrationId, since, status: 'all' } });
  const recoveries = [await recover(works.id)];
  return {
    tenantId,
    receiverUrl: receiver.url,
    keys: keys as Record<Role, string>,
    things: {
      int: [works.id, fails.id],
      rul: [ruled.id],
      key: [spareKey.id],
      evt: events.map(({ id }) => id),
      dlv: deliveries.map(({ id }) => id),
      att: attempts.map(({ id }) => id),
      dec: decisions.map(({ id }) => id),
      rcv: recoveries.map(({ id }) => id),
    },
    spares: { int: [spare.id], rul: [spareRule.id], key: [spareKey.id] },
    blocked: { int: [blocks.id] },
  };
}

/** Views lag behind what was done. */
function listed<T>(api: Api, path: string, count: number): Promise<T[]> {
  const read = async (): Promise<T[] | null> => {
    const { items } = await api.expect<{ items: T[] }>(200, 'GET', path);
    return items.length >= count ? items : null;
  };
  return until(read, { timeoutMs: VIEWS_TIMEOUT_MS, intervalMs: 100, what: `${count} rows of ${path}` });
}
