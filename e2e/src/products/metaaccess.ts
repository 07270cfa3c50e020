import { until } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import type { EventLogRow, Integration } from '../api.js';
import { type Customer, compact, type ProductsWorld, sampleOf, WAYS } from './products-world.js';

const VIEW_LAG_MAX_MS = 10_000;
const API_KEY = '5c61d579ad574298cf00dbdd83d584c6';
const auth = { type: 'apiKey', header: 'Authorization', value: API_KEY };
/** What the sample's event is to the platform. */
const SAMPLE = { subject: '6WXJURV8QAM0I7KC', time: new Date(1582708254594).toISOString(), data: '{}' };
const PUSHES_TO_DISABLE = 100;
const ATTEMPTS = 3;

const integrate = (customer: Customer, path: string, settings: Record<string, unknown> = {}): Promise<Integration> =>
  customer.integration('metaaccess', path, { request: { auth }, ...settings });

/** The document "Webhook" of MetaAccess, later MetaDefender IT-OT Access, sentence by sentence. */
export function metaAccess(world: () => ProductsWorld): void {
  describe('metaaccess', () => {
    it('"Only applicable for enterprise accounts"', async () => {
      const customer = await world().customer('standard');
      const body = { name: 'm', profile: 'metaaccess', url: `${world().receiver.url}/meta/plan`, request: { auth } };
      const refused = await customer.api.send('POST', '/v1/integrations', { body });
      expect(refused).toMatchObject({ status: 403, body: { code: 'plan_required' } });
      const enterprise = await world().customer('enterprise');
      expect(await enterprise.api.send('POST', '/v1/integrations', { body })).toMatchObject({ status: 201 });
    });

    it('"Enter an API Key to authenticate with the callback API server": without one it is refused', async () => {
      const customer = await world().customer('enterprise');
      const body = { name: 'm', profile: 'metaaccess', url: `${world().receiver.url}/meta/key` };
      expect(await customer.api.send('POST', '/v1/integrations', { body })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/request/auth' }] },
      });
    });

    it.each(WAYS)('sends the "Example Request" as it is shown, for an event from %s', async (way) => {
      const customer = await world().customer('enterprise');
      await integrate(customer, `/meta/sample/${way}`);
      await customer.emit(way, { type: 'device.compliant', ...SAMPLE });
      const [request] = await world().receiver.received(`/meta/sample/${way}`, 1);
      expect(request).toMatchObject({
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: API_KEY },
      });
      expect(request?.body.toString()).toBe(compact(sampleOf('metaaccess-compliant')));
    });

    it('"Check on events to trigger a notification": the others trigger none', async () => {
      const customer = await world().customer('enterprise');
      await integrate(customer, '/meta/checked', { eventTypes: ['device.deleted'] });
      await customer.emit('http', { type: 'device.installed', ...SAMPLE });
      await customer.emit('http', { type: 'device.deleted', ...SAMPLE });
      const [request] = await world().receiver.received('/meta/checked', 1);
      expect(JSON.parse(String(request?.body))).toMatchObject([{ status: 'deleted' }]);
    });

    it('tells "compliant", "non_compliant", "installed", "deleted", and as "this can be extended in future" any later one', async () => {
      const customer = await world().customer('enterprise');
      await integrate(customer, '/meta/status');
      const statuses = ['compliant', 'non_compliant', 'installed', 'deleted', 'quarantined'];
      for (const status of statuses) await customer.emit('http', { type: `device.${status}`, ...SAMPLE });
      const requests = await world().receiver.received('/meta/status', statuses.length);
      expect(requests.map(({ body }) => JSON.parse(String(body))[0].status)).toEqual(statuses);
    });

    it('takes "device_id", "status" and "timestamp" from the data where they stand there, in their own bytes', async () => {
      const customer = await world().customer('enterprise');
      await integrate(customer, '/meta/members');
      const data = '{ "timestamp": 1582708254594000000001, "status": "at_risk", "device_id": "D\\/1" }';
      await customer.emit('http', { type: 'device.changed', ...SAMPLE, data });
      const [request] = await world().receiver.received('/meta/members', 1);
      expect(String(request?.body)).toBe(
        '[{"device_id":"D\\/1","status":"at_risk","timestamp":1582708254594000000001}]',
      );
    });

    it('fails at once, and is not tried again, where an event names no device', async () => {
      const customer = await world().customer('enterprise');
      const { id } = await integrate(customer, '/meta/none');
      await customer.emit('http', { type: 'device.compliant', data: '{}' });
      const rows = await logged(customer, id, 1);
      expect(rows).toMatchObject([{ error: 'request_unbuildable', attempt: 1, nextAttemptAt: null }]);
      expect(world().receiver.on('/meta/none')).toHaveLength(0);
    });

    it.each([200, 202, 299])('"2xx … Successful": %d ends a push', async (status) => {
      const customer = await world().customer('enterprise');
      const { id } = await integrate(customer, `/meta/ok/${status}`);
      world().receiver.answer(`/meta/ok/${status}`, [status]);
      await customer.emit('http', { type: 'device.compliant', ...SAMPLE });
      expect(await logged(customer, id, 1)).toMatchObject([{ outcome: 'succeeded', httpStatus: status }]);
    });

    it('has as data: "will retry 2 times after 4 seconds and 1 min", whatever else the answer is or says', async () => {
      const customer = await world().customer('enterprise');
      expect(await integrate(customer, '/meta/data')).toMatchObject({
        retry: { delaysMs: [4_000, 60_000], onExhausted: 'continue', stopOn: [], disableOn: [], retryAfterMaxMs: 0 },
        disableAfter: PUSHES_TO_DISABLE,
        disableAfterMs: null,
        request: { sign: { scheme: 'none' } },
      });
    });

    it('"MetaAccess will auto-disable the Webhook settings if it fails 100 consecutive pushes", and "Administrators need to … enable this feature manually in that case"', async () => {
      const customer = await world().customer('enterprise');
      const retry = { delaysMs: [0, 0] };
      const { id } = await integrate(customer, '/meta/dead', { retry });
      world().receiver.answer('/meta/dead', ({ attempt }) => ({ status: [500, 302, 410][attempt % ATTEMPTS] ?? 500 }));
      for (let n = 0; n < PUSHES_TO_DISABLE; n += 1) {
        await customer.emit('http', { type: 'device.compliant', ...SAMPLE });
      }
      const disabled = await until(
        async () => {
          const found = await customer.api.expect<Integration>(200, 'GET', `/v1/integrations/${id}`);
          return found.state === 'disabled' ? found : null;
        },
        { what: 'the integration to be disabled', timeoutMs: 60_000 },
      );
      expect(disabled.disabledReason).toBe('consecutive_failures');
      expect(world().receiver.on('/meta/dead')).toHaveLength(PUSHES_TO_DISABLE * ATTEMPTS);
      await customer.emit('http', { type: 'device.deleted', ...SAMPLE });
      const editor = await customer.as('editor');
      expect(await editor.send('POST', `/v1/integrations/${id}/enable`, { body: {} })).toMatchObject({ status: 403 });
      world().receiver.answer('/meta/dead', [200]);
      const admin = await customer.as('admin');
      await admin.expect(200, 'POST', `/v1/integrations/${id}/enable`, { body: { backlog: 'deliver' } });
      const requests = await world().receiver.received('/meta/dead', PUSHES_TO_DISABLE * ATTEMPTS + 1);
      expect(JSON.parse(String(requests.at(-1)?.body))).toMatchObject([{ status: 'deleted' }]);
    });

    it('"records an event log when it pushes a notification to a configured callback API with a HTTP status code from the API"', async () => {
      const customer = await world().customer('enterprise');
      const { id } = await integrate(customer, '/meta/log', { retry: { delaysMs: [0] } });
      world().receiver.answer('/meta/log', [500, 202]);
      await customer.emit('http', { type: 'device.compliant', ...SAMPLE });
      expect(await logged(customer, id, 2)).toMatchObject([
        { attempt: 2, outcome: 'succeeded', httpStatus: 202 },
        { attempt: 1, outcome: 'failed', httpStatus: 500 },
      ]);
    });

    it('sends several at once in one array where batch.maxItems is raised', async () => {
      const customer = await world().customer('enterprise');
      await integrate(customer, '/meta/batch', { batch: { maxItems: 3, maxWaitMs: 10_000 } });
      for (const status of ['installed', 'compliant', 'deleted']) {
        await customer.emit('http', { type: `device.${status}`, ...SAMPLE });
      }
      const [request] = await world().receiver.received('/meta/batch', 1);
      const statuses = (JSON.parse(String(request?.body)) as { status: string }[]).map(({ status }) => status);
      expect(statuses).toEqual(['installed', 'compliant', 'deleted']);
    });
  });
}

/** Begins one push whose three attempts fail; the returned test waits for them. */
export async function beginSlowRetries(world: ProductsWorld): Promise<() => Promise<void>> {
  const customer = await world.customer('enterprise');
  await integrate(customer, '/meta/slow');
  world.receiver.answer('/meta/slow', [500]);
  await customer.emit('http', { type: 'device.compliant', ...SAMPLE });
  return async () => {
    const requests = await world.receiver.received('/meta/slow', ATTEMPTS, 90_000);
    const gaps = [1, 2].map((n) => (requests[n]?.arrivedAtMs ?? 0) - (requests[n - 1]?.arrivedAtMs ?? 0));
    for (const [n, delayMs] of [4_000, 60_000].entries()) {
      expect(gaps[n]).toBeGreaterThanOrEqual(delayMs - 5);
      expect(gaps[n]).toBeLessThan(delayMs + 3_000);
    }
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  };
}

/** Rows of the event log, newest first. */
function logged(customer: Customer, integrationId: string, count: number): Promise<EventLogRow[]> {
  return until(
    async () => {
      const rows = await customer.api.list<EventLogRow>(`/v1/event-log?integrationId=${integrationId}`);
      return rows.length >= count ? rows : null;
    },
    { what: `${count} rows in the event log`, timeoutMs: VIEW_LAG_MAX_MS },
  );
}
