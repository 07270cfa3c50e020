import { type IntegrationConfiguration } from '@hookstile/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from './config-under-test.js';

describe('config on a real broker and database', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  const keys: Record<string, string> = {};

  const integration = (overrides: object = {}) => ({ name: 'SIEM', url: 'https://example.com/hook', ...overrides });
  const create = async (overrides: object = {}, key = keys.admin) => {
    const answer = await call('POST', 'integrations', { key: key ?? '', body: integration(overrides) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body;
  };
  const as = (role: string, rest: Call = {}): Call => ({ key: keys[role] ?? '', ...rest });

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    for (const id of ['ten_1', 'ten_2']) await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
    for (const role of ['admin', 'editor', 'viewer', 'producer']) {
      const { body } = await call('POST', 'api-keys', { tenant: 'ten_1', body: { name: role, role } });
      keys[role] = body.key;
    }
    const { body } = await call('POST', 'api-keys', { tenant: 'ten_2', body: { name: 'other', role: 'admin' } });
    keys.other = body.key;
  });
  afterAll(() => config?.destroy());

  it('makes a config change visible to the next event: its record is in the topic when the answer comes', async () => {
    for (let n = 0; n < 20; n += 1) {
      const created = await create({ name: `n${n}` });
      const before = await config.lastOf(created.id);
      expect(before).toMatchObject({ version: 1, state: 'enabled', settings: { name: `n${n}` } });
      await call('POST', `integrations/${created.id}/disable`, as('admin'));
      expect(await config.lastOf(created.id)).toMatchObject({ version: 2, state: 'disabled', disabledReason: 'admin' });
      await call('DELETE', `integrations/${created.id}`, as('admin', { headers: { 'if-match': '*' } }));
      expect(await config.lastOf(created.id)).toMatchObject({ version: 3, deleted: true });
    }
  });

  it('lets one of fifty concurrent patches with the same ETag win', async () => {
    const { id } = await create();
    const patches = Array.from({ length: 50 }, (_, n) =>
      call('PATCH', `integrations/${id}`, as('editor', { body: { name: `p${n}` }, headers: { 'if-match': '"1"' } })),
    );
    const statuses = (await Promise.all(patches)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(49).fill(412)]);
    expect((await call('GET', `integrations/${id}`, as('viewer'))).body.version).toBe(2);
  });

  it("answers 404 for another tenant's integration before it looks at If-Match or the input", async () => {
    const { id } = await create();
    const other = { key: keys.other ?? '' };
    for (const headers of [undefined, { 'if-match': '"9"' }]) {
      const options = { ...other, ...(headers ? { headers } : {}) };
      expect((await call('PATCH', `integrations/${id}`, { ...options, body: { foo: 1 } })).status).toBe(404);
      expect((await call('DELETE', `integrations/${id}`, options)).status).toBe(404);
    }
    expect((await call('GET', `integrations/${id}`, other)).body.code).toBe('not_found');
    expect((await call('POST', `integrations/${id}/enable`, other)).status).toBe(404);
    const own = as('admin', { headers: { 'hookstile-tenant': 'ten_2' } });
    expect((await call('GET', `integrations/${id}`, own)).status).toBe(403);
  });

  it('asks for If-Match, and refuses one that is not current', async () => {
    const { id } = await create();
    const patch = (headers: Record<string, string>) =>
      call('PATCH', `integrations/${id}`, as('admin', { body: { name: 'x' }, headers }));
    expect((await patch({})).body.code).toBe('if_match_required');
    expect((await patch({ 'if-match': '"7"' })).body.code).toBe('version_mismatch');
    expect((await patch({ 'if-match': 'W/"1"' })).status).toBe(412);
    const patched = await patch({ 'if-match': '"7", "1"' });
    expect([patched.status, patched.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await patch({ 'if-match': '*' })).headers.get('etag')).toBe('"2"');
  });

  it('gives each role what the public surface gives it', async () => {
    const { id } = await create();
    const status = async (role: string, method: string, path: string, body?: unknown) =>
      (await call(method, path, as(role, { ...(body === undefined ? {} : { body }), headers: { 'if-match': '*' } })))
        .status;
    const key = { name: 'k', role: 'viewer' };
    for (const [role, read, write, keysStatus] of [
      ['viewer', 200, 403, 403],
      ['producer', 403, 403, 403],
      ['editor', 200, 201, 403],
      ['admin', 200, 201, 201],
    ] as const) {
      expect(await status(role, 'GET', `integrations/${id}`), role).toBe(read);
      expect(await status(role, 'GET', 'profiles'), role).toBe(read);
      expect(await status(role, 'POST', 'integrations', integration()), role).toBe(write);
      expect(await status(role, 'POST', 'api-keys', key), role).toBe(keysStatus);
      expect(await status(role, 'GET', 'me'), role).toBe(200);
      expect(await status(role, 'GET', 'tenants'), role).toBe(403);
    }
    expect((await call('GET', 'integrations')).body.code).toBe('tenant_required');
    expect((await call('GET', 'integrations', { tenant: 'ten_none' })).status).toBe(404);
    expect((await call('GET', 'me', { key: 'hk_unknown' })).status).toBe(401);
    expect((await call('GET', 'me')).body).toEqual({ tenantId: null, role: 'platform', keyId: null });
  });

  it('never gives a secret away but the signing secret once, and seals what it hands on', async () => {
    const auth = { type: 'basic', username: 'u', password: 'a password of mine' };
    const created = await create({ request: { headers: { 'X-Token': 'header secret text' }, auth } });
    expect(created.signingSecret).toMatch(/^whsec_/);
    const read = await call('GET', `integrations/${created.id}`, as('viewer'));
    expect(read.body.request.auth.password).toEqual({ set: true, lastFour: 'mine', updatedAt: expect.any(String) });
    expect(JSON.stringify(read.body)).not.toMatch(/a password|header secret|whsec_/);
    const record = (await config.lastOf(created.id)) as IntegrationConfiguration;
    expect(JSON.stringify(record)).not.toMatch(/a password|header secret|whsec_/);
    const { secret } = record.settings.request.sign;
    expect(await config.opened('ten_1', secret, 'integration', created.id)).toBe(created.signingSecret);
  });

  it('lists newest first, page by page, while others are added', async () => {
    const tenant = { tenant: 'ten_pages' };
    await call('POST', 'tenants', { body: { id: 'ten_pages', name: 'Pages', plan: 'standard' } });
    const add = async (name: string) =>
      (await call('POST', 'integrations', { ...tenant, body: integration({ name }) })).body.name;
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name);
    const first = await call('GET', 'integrations?limit=2', tenant);
    await add('f');
    const second = await call('GET', `integrations?limit=2&cursor=${first.body.nextCursor}`, tenant);
    const third = await call('GET', `integrations?limit=2&cursor=${second.body.nextCursor}`, tenant);
    const names = [first, second, third].flatMap(({ body }) => body.items.map((item: { name: string }) => item.name));
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(third.body.nextCursor).toBeNull();
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=zzz', 'foo=1', 'limit=1&limit=2']) {
      expect((await call('GET', `integrations?${query}`, tenant)).body.code, query).toBe('malformed');
    }
  });

  it("deletes a tenant's keys and integrations with it", async () => {
    await call('POST', 'tenants', { body: { id: 'ten_gone', name: 'Gone', plan: 'standard' } });
    const { body: key } = await call('POST', 'api-keys', { tenant: 'ten_gone', body: { name: 'k', role: 'admin' } });
    const { body: made } = await call('POST', 'integrations', { key: key.key, body: integration() });
    const deletion = { headers: { 'if-match': '"1"', 'content-type': 'application/json' } };
    expect((await call('DELETE', 'tenants/ten_gone', deletion)).status).toBe(204);
    expect((await call('GET', 'me', { key: key.key })).status).toBe(401);
    for (const id of ['ten_gone', key.id, made.id]) expect(await config.lastOf(id)).toMatchObject({ deleted: true });
    expect((await call('GET', 'tenants/ten_gone')).status).toBe(404);
    const again = { id: 'ten_gone', name: 'Gone', plan: 'standard' };
    expect((await call('POST', 'tenants', { body: again })).body.code).toBe('conflict');
    expect((await call('POST', 'integrations', { tenant: 'ten_gone', body: integration() })).status).toBe(404);
  });

  it('records who changed what, masked, in domain-events', async () => {
    const { id } = await create();
    const headers = { 'x-request-id': 'my-request', 'if-match': '*' };
    await call('PATCH', `integrations/${id}`, as('editor', { body: { name: 'New', enabled: false }, headers }));
    const events = await config.factsOf(id);
    const actor = expect.objectContaining({ type: 'api_key', name: 'editor', role: 'editor' });
    const common = { tenantId: 'ten_1', subjectName: 'New', actor, requestId: 'my-request' };
    expect(events).toMatchObject([
      { action: 'integration.created', version: 1, before: null, after: { name: 'SIEM' } },
      { action: 'integration.updated', version: 2, before: { name: 'SIEM' }, after: { name: 'New' }, ...common },
      { action: 'integration.disabled', version: 3, after: { state: 'disabled' }, ...common },
    ]);
    expect(JSON.stringify(events)).not.toContain('ciphertext');
  });
});
