import { type Receiver, until } from '@hookstile/testing';
import type { Api } from '../api.js';

const VIEWS_TIMEOUT_MS = 20_000;

/** What a tenant has of everything that an operation can name, all of it with the tenant's mark inside. */
export interface MarkedThings {
  /** In every name, type, subject, key and body. No other tenant has ever seen it. */
  mark: string;
  /** Ids by the first segment of the path that names them. */
  ids: Readonly<Record<string, string>>;
  /** Values by the name of the parameter, or of the body's member, that takes them. */
  values: Readonly<Record<string, readonly string[]>>;
  /** The Idempotency-Key of requests that have made something, in config and in audit. */
  idempotencyKey: string;
}

/** The id of the tenant's thing that a path of this kind names. */
export function idFor(path: string, { ids }: MarkedThings): string {
  return ids[path.split('/')[2] ?? ''] ?? '';
}

async function firstWhere<Row>(api: Api, path: string, isMeant: (row: Row) => boolean): Promise<Row> {
  return until(async () => (await api.list<Row>(path)).find(isMeant) ?? null, {
    what: `a row of ${path}`,
    timeoutMs: VIEWS_TIMEOUT_MS,
  });
}

const statusIs = (status: string) => (row: { status: string }) => row.status === status;

/** One of each thing: what was delivered, what is held, what blocks its lane, a decision, a recovery that has ended. */
export async function createMarkedThings(
  api: Api,
  receiver: Receiver,
  tenantId: string,
  mark: string,
): Promise<MarkedThings> {
  const [type, source, eventId, idempotencyKey] = [`${mark}.type`, `/${mark}`, `${mark}-event`, `${mark}-key`];
  const created = async (path: string, body: object, headers: Record<string, string> = {}) =>
    (await api.expect<{ id: string }>(201, 'POST', path, { body, headers })).id;
  const integration = (name: string, more: object = {}) =>
    created('/v1/integrations', { name: `${mark}-${name}`, url: `${receiver.url}/${mark}/${name}`, ...more });
  await api.expect(201, 'PUT', `/v1/event-types/${type}`, {
    body: { description: mark, example: { text: `${mark}-example` } },
  });
  const delivered = await integration('delivered');
  const held = await integration('held', { ordering: { mode: 'by-key', key: '/subject' } });
  const blocked = await integration('blocked', { retry: { delaysMs: [], onExhausted: 'block' } });
  receiver.answer(`/${mark}/blocked`, [500]);
  await api.expect(200, 'POST', `/v1/integrations/${held}/disable`, { body: { reason: mark } });
  const rule = await created('/v1/decision-rules', {
    name: `${mark}-rule`,
    method: 'POST',
    url: `${receiver.url}/${mark}/rule`,
  });
  const keyed = { 'idempotency-key': idempotencyKey };
  const apiKey = await created('/v1/api-keys', { name: `${mark}-key`, role: 'viewer' }, keyed);
  await api.expect(202, 'POST', '/v1/events', {
    headers: { 'content-type': 'application/cloudevents+json' },
    body: { specversion: '1.0', id: eventId, source, type, subject: `${mark}-lane`, data: { text: mark } },
  });
  const context = { username: `${mark}-user`, device_id: mark };
  await api.expect(200, 'POST', '/v1/decisions', { body: { rule, context: { username: context.username } } });
  const delivery = await firstWhere<{ id: string; status: string }>(
    api,
    `/v1/deliveries?integrationId=${delivered}`,
    statusIs('delivered'),
  );
  const attempt = await firstWhere<{ id: string }>(api, `/v1/event-log?deliveryId=${delivery.id}`, () => true);
  const heldDelivery = await firstWhere<{ id: string; status: string }>(
    api,
    `/v1/deliveries?integrationId=${held}`,
    statusIs('held'),
  );
  await firstWhere(api, `/v1/event-log?integrationId=${blocked}`, () => true);
  const recovery = await api.expect<{ id: string }>(202, 'POST', '/v1/recoveries', {
    headers: keyed,
    body: { integrationId: delivered, since: '2026-01-02T00:00:00Z' },
  });
  await firstWhere<{ id: string; status: string }>(
    api,
    '/v1/recoveries',
    ({ id, status }) => id === recovery.id && status === 'done',
  );
  const decision = await firstWhere<{ id: string }>(api, '/v1/activity-log', () => true);
  const integrations = [delivered, held, blocked];
  const names = integrations.map((_, index) => `${mark}-${['delivered', 'held', 'blocked'][index]}`);
  return {
    mark,
    idempotencyKey,
    ids: {
      integrations: held,
      'decision-rules': rule,
      'api-keys': apiKey,
      'event-log': attempt.id,
      deliveries: delivery.id,
      recoveries: recovery.id,
      'activity-log': decision.id,
    },
    values: {
      id: [...integrations, rule, apiKey, attempt.id, delivery.id, heldDelivery.id, recovery.id, decision.id, eventId],
      tenantid: [tenantId],
      key: [`${mark}-lane`, 'main'],
      type: [type],
      integrationId: integrations,
      eventId: [eventId],
      deliveryId: [delivery.id, heldDelivery.id],
      eventType: [type],
      eventTypes: [type],
      source: [source],
      actorId: [apiKey],
      subjectId: [...integrations, rule, apiKey],
      ruleId: [rule],
      username: [context.username],
      q: [mark, type, eventId, attempt.id, delivery.id, delivered],
      rule: [rule, `${mark}-rule`],
      name: [...names, `${mark}-rule`, `${mark}-key`],
    },
  };
}
