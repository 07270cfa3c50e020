import type { Receiver } from '@hookstile/testing';
import type { Api } from '../api.js';
import type { Ids } from './same-form.js';

/** Where the second act plays: a tenant, an integration and a decision rule of its own. */
export interface Scene {
  tenantId: string;
  api: Api;
  receiver: Receiver;
  ids: Ids;
}

/** The tenant of the second act, which its examples call acme as well. */
const TENANT = 'acme-traffic';
const INTEGRATION = 'int_01kxyzabcdefghjkmnpqrstvwx';
const RULE = 'rul_01kxyzabcdefghjkmnpqrstvwx';
const DAY_MS = 86_400_000;
const HOOK = '/hook';
const ACCESS = '/access';

interface Given {
  receiver: Receiver;
  ids: Ids;
  apiOf(tenantId?: string): Api;
}

/** What the examples of the second act take for granted. */
export async function setScene({ receiver, ids, apiOf }: Given): Promise<Scene> {
  const own = apiOf(TENANT);
  await apiOf().expect(201, 'POST', '/v1/tenants', { body: { id: TENANT, name: 'Acme', plan: 'standard' } });
  const integration = await own.expect<{ id: string }>(201, 'POST', '/v1/integrations', {
    body: {
      name: 'SIEM',
      url: `${receiver.url}${HOOK}`,
      eventTypes: ['device.*'],
      retry: { delaysMs: [], onExhausted: 'block' },
    },
  });
  const rule = await own.expect<{ id: string }>(201, 'POST', '/v1/decision-rules', {
    body: {
      name: 'ztna',
      method: 'POST',
      url: `${receiver.url}${ACCESS}`,
      headers: { 'X-Token': 'a secret' },
      body: { user: '%username%', ip: '%remote_ip%' },
      responseActions: [{ type: 'allow', key: 'access', value: 'yes' }],
    },
  });
  receiver.answer(HOOK, () => ({ status: 200 }));
  receiver.answer(ACCESS, ({ body }) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access: body.includes('alice') ? 'yes' : 'no' }),
  }));
  ids.set('acme', TENANT).set(INTEGRATION, integration.id).set(RULE, rule.id);
  return { tenantId: TENANT, api: own, receiver, ids };
}

/** An example, and what happens right before it; to a stream, while it is open. */
export type Line = [example: string, happening?: (scene: Scene) => Promise<unknown>];

/** The day of the examples is the one that the story is told on, where they ask for what happened in it. */
async function beginDay(ids: Ids): Promise<void> {
  const inQuery = (ms: number) => encodeURIComponent(`${new Date(ms).toISOString().slice(0, 10)}T00:00:00Z`);
  const exampleMs = Date.parse('2026-01-02T00:00:00Z');
  for (const ms of [0, DAY_MS]) ids.set(inQuery(exampleMs + ms), inQuery(Date.now() + ms));
}

/** A head that is shown as exhausted cannot be skipped before its row is written; until then the skip is refused. */
export const REPEATED: ReadonlySet<string> = new Set(['lanes.skip/skipped']);

export const TRAFFIC_STORY: readonly Line[] = [
  ['events.emit/plain'],
  ['event-log.list/of-an-event'],
  ['event-log.list/of-an-event-as-csv'],
  ['event-log.get/found'],
  ['event-log.list/no-status'],
  ['deliveries.list/of-an-event'],
  ['deliveries.list/of-an-event-as-ndjson'],
  ['deliveries.get/found'],
  ['deliveries.get/missing'],
  ['events.emit/structured'],
  ['events.list/routed'],
  ['events.emit/again-within-a-day'],
  ['events.list/duplicates'],
  ['events.emit/batch'],
  ['events.emit/binary'],
  ['events.emit/invalid'],
  [
    'events.emit/mismatch',
    ({ api }) =>
      api.expect(201, 'PUT', '/v1/event-types/agent.create', {
        body: { description: '', schema: { properties: { device_id: { type: 'string' } } } },
      }),
  ],
  ['events.emit/reserved'],
  ['integrations.test/of-a-type'],
  [
    'event-log.stream/followed',
    ({ api, ids }) =>
      api.expect(200, 'POST', `/v1/integrations/${ids.get(INTEGRATION)}/test`, {
        body: { eventType: 'device.installed' },
      }),
  ],
  [
    'lanes.list/exhausted',
    async ({ api, receiver }) => {
      receiver.answer(HOOK, () => ({ status: 500 }));
      await api.expect(202, 'POST', '/v1/events', { body: { type: 'device.installed', data: {} } });
    },
  ],
  ['lanes.list-deliveries/main'],
  ['lanes.skip/skipped'],
  ['lanes.skip/nothing-to-skip'],
  ['audit-log.list/of-the-tenant'],
  ['audit-log.list/skipped'],
  ['stats.read/of-a-day', ({ ids }) => beginDay(ids)],
  ['recoveries.create/dry-run', async ({ receiver }) => receiver.answer(HOOK, () => ({ status: 200 }))],
  ['recoveries.create/started'],
  ['recoveries.get/done'],
  ['recoveries.list/of-an-integration'],
  ['recoveries.stop/done-already'],
  ['recoveries.stop/missing'],
  ['deliveries.redeliver/asked'],
  ['deliveries.redeliver/missing'],
  ['decisions.make/granted'],
  ['decisions.make/denied'],
  ['decisions.make/unknown-parameter'],
  ['decision-rules.test/granted'],
  ['activity-log.list/denied'],
  ['activity-log.get/found'],
  [
    'decisions.make/disabled',
    ({ api, ids }) => api.expect(200, 'POST', `/v1/decision-rules/${ids.get(RULE)}/disable`, { body: {} }),
  ],
];
