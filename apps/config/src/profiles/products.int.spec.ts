import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const URL_OK = 'https://your-callback-url.example.com';
const KEY = '5c61d579ad574298cf00dbdd83d584c6';
const masked = { set: true, lastFour: expect.any(String), updatedAt: expect.any(String) };
const headers = { 'if-match': '*' };
const apiKey = { auth: { type: 'apiKey', value: KEY } };

describe('an integration with the profile of a product', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  const tenant = 'ten_enterprise';

  const create = (profile: string, rest: object = {}, of = tenant) =>
    call('POST', 'integrations', { tenant: of, body: { name: profile, url: URL_OK, profile, ...rest } });
  const patch = (id: string, body: object) => call('PATCH', `integrations/${id}`, { tenant, headers, body });

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    await call('POST', 'tenants', { body: { id: tenant, name: 'Enterprise', plan: 'enterprise' } });
    await call('POST', 'tenants', { body: { id: 'ten_standard', name: 'Standard', plan: 'standard' } });
  });
  afterAll(() => config?.destroy());

  it('metaaccess needs an API key, and reads back as that product', async () => {
    expect((await create('metaaccess')).body.errors).toMatchObject([{ pointer: '/request/auth', code: 'required' }]);
    const { status, body } = await create('metaaccess', { request: apiKey });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({
      profile: 'metaaccess',
      profileVersion: 1,
      eventTypes: ['device.*'],
      filter: [],
      signingSecret: null,
      request: {
        method: 'POST',
        headers: {},
        auth: { type: 'apiKey', header: 'Authorization', value: masked },
        body: { format: 'template', template: expect.stringContaining('device_id'), wrap: 'array' },
        sign: { scheme: 'none', secret: null },
        tls: { verify: true },
      },
      retry: { delaysMs: [4_000, 60_000], onExhausted: 'continue', stopOn: [], disableOn: [], retryAfterMaxMs: 0 },
      disableAfter: 100,
      disableAfterMs: null,
    });
    expect(JSON.stringify(await config.lastOf(body.id))).not.toContain(KEY);
    const raised = await patch(body.id, { batch: { maxItems: 50 }, disableAfter: 3 });
    expect(raised.body).toMatchObject({ batch: { maxItems: 50 }, disableAfter: 3, eventTypes: ['device.*'] });
  });

  it('metaaccess is for enterprise accounts: nobody else creates, changes or enables one', async () => {
    const refused = await create('metaaccess', { request: apiKey }, 'ten_standard');
    expect([refused.status, refused.body.code]).toEqual([403, 'plan_required']);
    const { body: made } = await create('metaaccess', { request: apiKey });
    await call('PATCH', `tenants/${tenant}`, { headers, body: { plan: 'standard' } });
    const disabled = await call('GET', `integrations/${made.id}`, { tenant });
    expect(disabled.body).toMatchObject({ state: 'disabled', disabledReason: 'plan' });
    expect((await call('POST', `integrations/${made.id}/enable`, { tenant })).body.code).toBe('plan_required');
    await call('PATCH', `tenants/${tenant}`, { headers, body: { plan: 'enterprise' } });
    expect((await call('POST', `integrations/${made.id}/enable`, { tenant })).body).toMatchObject({ state: 'enabled' });
  });

  it('defensx is the only endpoint of its tenant', async () => {
    const { status, body } = await create('defensx');
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({
      eventTypes: ['Agent.Create', 'Agent.Uninstall', 'Agent.Reinstall', 'Agent.Delete', 'UserRequest.Create'],
      request: { method: 'POST', body: { format: 'template', wrap: 'none' }, sign: { scheme: 'none' } },
    });
    const second = await create('defensx');
    expect([second.status, second.body.code]).toEqual([409, 'endpoint_exists']);
    await call('DELETE', `integrations/${body.id}`, { tenant, headers });
    expect((await create('defensx')).status).toBe(201);
  });

  it('netography takes headers as text, basic auth with empty parts, other names, and skips SSL verification', async () => {
    const request = {
      headers: 'X-Netography: Webhook, X-Team: blue, green',
      auth: { type: 'basic', username: '', password: '' },
      body: { rename: { srcip: 'source_ip' }, omit: ['beta'] },
      tls: { verify: false },
    };
    const { status, body } = await create('netography', { request });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({
      eventTypes: ['event.start', 'event.ongoing', 'event.end'],
      request: {
        headers: { 'X-Netography': masked, 'X-Team': masked },
        auth: { type: 'basic', username: '', password: masked },
        body: { format: 'data', rename: { srcip: 'source_ip' }, omit: ['beta'] },
        tls: { verify: false },
      },
    });
    const cleared = await patch(body.id, { request: { body: { rename: { srcip: null }, omit: null }, tls: null } });
    expect(cleared.body.request).toMatchObject({
      body: { format: 'data', rename: {}, omit: [] },
      tls: { verify: true },
    });
  });

  it('is signed, sent and shaped otherwise where a user says so', async () => {
    const request = {
      ...apiKey,
      method: 'PUT',
      headers: { 'X-Id': '{{ event.id }}' },
      body: { template: '{"id":{{ event.id }}}', wrap: 'none' },
      sign: { scheme: 'standard-webhooks', algorithm: 'ed25519' },
    };
    const { body } = await create('metaaccess', { eventTypes: ['*'], request, retry: { stopOn: [400] } });
    expect(body).toMatchObject({
      eventTypes: ['*'],
      signingSecret: null,
      request: { method: 'PUT', body: { template: '{"id":{{ event.id }}}', wrap: 'none' } },
      retry: { delaysMs: [4_000, 60_000], stopOn: [400] },
    });
    expect(body.request.sign).toMatchObject({ publicKey: expect.stringMatching(/^whpk_/), secret: masked });
    const { publicKey } = body.request.sign;
    const { body: read } = await call('GET', `integrations/${body.id}`, { tenant });
    expect(read.request.sign.publicKey).toBe(publicKey);
    const again = await patch(body.id, { request: read.request });
    expect(again.body).toEqual(read);
    const hmac = await patch(body.id, { request: { sign: { algorithm: 'hmac-sha256' } } });
    expect(hmac.body.signingSecret).toMatch(/^whsec_/);
    expect(hmac.body.request.sign).not.toHaveProperty('publicKey');
  });

  it('is changed to another one, which fills what was not set, and keeps what was', async () => {
    const { body: made } = await create('standard-webhooks', { disableAfter: 5 });
    expect((await patch(made.id, { profile: 'metaaccess' })).body.errors[0].pointer).toBe('/request/auth');
    const { body } = await patch(made.id, { profile: 'metaaccess', request: apiKey });
    expect(body).toMatchObject({
      profile: 'metaaccess',
      eventTypes: ['device.*'],
      disableAfter: 5,
      disableAfterMs: null,
      request: { body: { format: 'template' }, sign: { scheme: 'none', secret: null } },
    });
    const { body: back } = await patch(made.id, { profile: null });
    expect(back).toMatchObject({
      profile: 'standard-webhooks',
      eventTypes: ['*'],
      disableAfter: 5,
      request: { body: { format: 'standard' }, auth: { type: 'apiKey' }, sign: { scheme: 'standard-webhooks' } },
      signingSecret: expect.stringMatching(/^whsec_/),
    });
  });
});
