import type { AttemptRecord } from '@hookstile/contracts';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dispatching } from '../dispatching.fake.js';

let world: Dispatching;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  world = await Dispatching.create();
  await world.start();
});

afterAll(async () => {
  await world.close();
  await receiver.close();
});

const retry = { onExhausted: 'continue' as const, stopOn: [], disableOn: [], retryAfterMaxMs: 0, delaysMs: [] };
const test = (id: string, body?: unknown) => world.post(`/v1/integrations/${id}/test`, body);
const trialsIn = (records: readonly AttemptRecord[]) => records.filter(({ trigger }) => trigger === 'test');
const idsAt = (path: string) => receiver.on(path).map(({ headers }) => headers['webhook-id']);

describe('a test of an integration', () => {
  it('is one real attempt, also while it is disabled, with its full result; each under an id of its own', async () => {
    receiver.answer('/disabled', [{ status: 418, headers: { 'x-tea': 'green' }, body: 'short and stout' }]);
    const id = 'int_disabled';
    const settings = { url: `${receiver.url}/disabled`, logPayloads: 'none' as const };
    await world.configure({ id, state: 'disabled', disabledReason: 'admin', settings });
    const { status, body } = await test(id, { eventType: 'a.b' });
    expect(status).toBe(200);
    const request = JSON.parse((body.request as { body: string }).body);
    expect(request).toMatchObject({ type: 'a.b', data: { test: true } });
    expect(body).toMatchObject({
      integrationId: id,
      eventType: 'a.b',
      attempt: 1,
      trigger: 'test',
      outcome: 'failed',
      httpStatus: 418,
      error: 'http_status',
      nextAttemptAt: null,
      response: { headers: { 'x-tea': 'green' }, body: 'short and stout', bodyEncoding: 'utf8', truncated: false },
    });
    expect((await test(id)).body).toMatchObject({ eventType: 'hookstile.test' });
    expect(new Set(idsAt('/disabled')).size).toBe(2);
    expect(idsAt('/disabled')[0]).toBe(body.deliveryId);
    const [record] = await world.journaled(id, 2);
    expect(record).toMatchObject({ trigger: 'test', epoch: 0, sequence: 0, requestBytes: 0, responseBytes: 0 });
    expect(record?.request.truncated).toBe(true);
  });

  it('sends nothing where the egress guard forbids it, and says so', async () => {
    await world.configure({ id: 'int_blocked', settings: { url: 'http://169.254.169.254/' } });
    const { status, body } = await test('int_blocked');
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'failed', error: 'blocked_address', httpStatus: null, response: null });
  });

  it('uses what was configured before it was asked for', async () => {
    for (const version of [1, 2, 3, 4, 5]) {
      const settings = { url: `${receiver.url}/newest/${version}` };
      await world.configure({ id: 'int_newest', version, settings });
      expect((await test('int_newest')).body.request).toMatchObject({ url: settings.url });
    }
  });

  it('is not to be had of a deleted integration, an unknown one, or with members that there are not', async () => {
    await world.configure({ id: 'int_deleted', version: 2, deleted: true });
    expect((await test('int_deleted')).status).toBe(404);
    expect((await test('int_none')).status).toBe(404);
    await world.configure({ id: 'int_foreign', tenantId: 'ten_2' });
    expect((await test('int_foreign')).status).toBe(404);
    await world.configure({ id: 'int_bad', settings: { url: `${receiver.url}/bad` } });
    for (const body of [{ type: 'a' }, { eventType: '' }, { eventType: 'a\nb' }, { eventType: 1 }, []]) {
      expect((await test('int_bad', body)).status).toBe(422);
    }
    expect(receiver.on('/bad')).toHaveLength(0);
  });

  it('leaves counts, lanes and what is next alone, between failures and over a change of owner', async () => {
    receiver.answer('/counted', ({ body }) => ({ status: body.includes('"n":') ? 500 : 200 }));
    const id = 'int_counted';
    const settings = { url: `${receiver.url}/counted`, retry, disableAfter: 5 };
    const integration = await world.configure({ id, settings });
    for (let n = 0; n < 4; n += 1) {
      expect((await test(id)).body).toMatchObject({ outcome: 'succeeded' });
      await world.route(integration, n, 1);
      await world.journaled(id, 2 * (n + 1));
    }
    expect((await world.get(`/v1/integrations/${id}/lanes`)).body.items).toEqual([]);
    await world.service?.stop();
    await world.start();
    expect((await test(id)).body).toMatchObject({ outcome: 'succeeded' });
    await world.route(integration, 4, 3);
    await until(() => world.asideOf(id, 'held').length === 2);
    const records = await world.journaled(id, 10);
    const counted = records.filter(({ trigger }) => trigger === 'event').map((record) => record.consecutiveFailures);
    expect(counted).toEqual([1, 2, 3, 4, 5]);
    expect(trialsIn(records)).toHaveLength(5);
    const said = () => world.signals.filter(({ integrationId }) => integrationId === id).map(({ type }) => type);
    await until(() => said().includes('disable-requested'), { what: 'the request to disable it' });
    expect(said()).toEqual(['failing', 'disable-requested']);
    expect((await test(id)).body).toMatchObject({ outcome: 'succeeded' });
    expect(world.asideOf(id, 'held')).toHaveLength(2);
  });

  it('costs no delivery its attempt in a partition whose journal began with it', async () => {
    await world.service?.stop();
    const fresh = await Dispatching.create();
    await fresh.start();
    const id = 'int_first';
    await fresh.configure({ id, settings: { url: `${receiver.url}/first` } });
    expect((await fresh.post(`/v1/integrations/${id}/test`)).status).toBe(200);
    await fresh.journaled(id, 1);
    await fresh.service?.stop();
    await fresh.route({ id, version: 1 }, 0, 3);
    await fresh.start();
    await receiver.received('/first', 4, 20_000);
    expect(new Set(idsAt('/first')).size).toBe(4);
    await fresh.close();
    await world.start();
  });
});
