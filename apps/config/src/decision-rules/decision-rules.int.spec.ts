import { type DecisionRuleConfiguration } from '@hookstile/contracts';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const ANY = { 'if-match': '*' };

describe('decision rules on a real broker and database', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  const keys: Record<string, string> = {};
  let named = 0;

  const as = (role: string, rest: Call = {}): Call => ({ key: keys[role] ?? '', ...rest });
  const rule = (overrides: object = {}) => {
    named += 1;
    return { name: `rule ${named}`, method: 'GET', url: 'https://example.com/check', ...overrides };
  };
  const create = async (overrides: object = {}) => {
    const answer = await call('POST', 'decision-rules', as('editor', { body: rule(overrides) }));
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body;
  };

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    for (const id of ['ten_1', 'ten_2']) await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
    for (const role of ['admin', 'editor', 'viewer', 'producer']) {
      const { body } = await call('POST', 'api-keys', { tenant: 'ten_1', body: { name: role, role } });
      keys[role] = body.key;
    }
  });
  afterAll(() => config?.destroy());

  it('stand in the topic, sealed, when a change of them is answered', async () => {
    const headers = { 'X-Token': 'a header of mine', 'X-User': '%username%' };
    const auth = { type: 'basic', username: 'u', password: 'a password of mine' };
    const created = await create({ headers, auth });
    expect(created).toMatchObject({ version: 1, state: 'enabled', enabled: true, tenantId: 'ten_1' });
    const record = (await config.lastOf(created.id)) as DecisionRuleConfiguration;
    expect(record).toMatchObject({ kind: 'decision-rule', version: 1, deleted: false, state: 'enabled' });
    expect(JSON.stringify([created, record])).not.toMatch(/of mine|%username%/);
    const sealed = record.settings.headers['X-User'];
    expect(await config.opened('ten_1', sealed, 'decision-rule', created.id)).toBe('%username%');
    await call('POST', `decision-rules/${created.id}/disable`, as('editor'));
    expect(await config.lastOf(created.id)).toMatchObject({ version: 2, state: 'disabled' });
    await call('DELETE', `decision-rules/${created.id}`, as('editor', { headers: ANY }));
    const gone = (await config.lastOf(created.id)) as DecisionRuleConfiguration;
    expect(gone).toMatchObject({ version: 3, deleted: true, settings: { headers: {}, auth: { type: 'none' } } });
  });

  it('read back with every default spelled out, and their ETag', async () => {
    const body = { name: 'plain', method: 'GET', url: 'https://example.com/a%20b' };
    const created = await call('POST', 'decision-rules', as('editor', { body }));
    const read = await call('GET', `decision-rules/${created.body.id}`, as('viewer'));
    expect(read.body).toEqual(created.body);
    expect([read.headers.get('etag'), created.headers.get('etag')]).toEqual(['"1"', '"1"']);
    expect(created.headers.get('location')).toBe(`/v1/decision-rules/${created.body.id}`);
    expect(read.body).toEqual({
      ...body,
      id: expect.stringMatching(/^rul_/),
      tenantId: 'ten_1',
      enabled: true,
      headers: {},
      auth: { type: 'none' },
      body: null,
      verification: 'json',
      match: 'first',
      responseActions: [],
      onError: 'deny',
      timeoutMs: 5_000,
      cacheSeconds: 0,
      version: 1,
      state: 'enabled',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });

  it('let one of twenty concurrent creations with a name win', async () => {
    const body = rule({ name: 'contested' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', 'decision-rules', as('editor', { body }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('conflict');
  });

  it('cannot take a name that another one has, and can once that is renamed or deleted', async () => {
    const [first, second] = [await create({ name: 'first' }), await create({ name: 'second' })];
    const rename = (id: string, name: string) =>
      call('PATCH', `decision-rules/${id}`, as('editor', { body: { name }, headers: ANY }));
    expect((await rename(second.id, 'first')).body.code).toBe('conflict');
    expect((await rename(first.id, 'first')).headers.get('etag')).toBe('"1"');
    expect((await rename(first.id, 'third')).status).toBe(200);
    expect((await rename(second.id, 'first')).status).toBe(200);
    expect((await call('DELETE', `decision-rules/${second.id}`, as('editor', { headers: ANY }))).status).toBe(204);
    await create({ name: 'first' });
    const elsewhere = { tenant: 'ten_2', body: rule({ name: 'first' }) };
    expect((await call('POST', 'decision-rules', elsewhere)).status).toBe(201);
  });

  it('of another tenant are 404, before If-Match and the input are looked at', async () => {
    const { id } = await create();
    const other = { tenant: 'ten_2' };
    expect((await call('GET', `decision-rules/${id}`, other)).status).toBe(404);
    expect((await call('PATCH', `decision-rules/${id}`, { ...other, body: { foo: 1 } })).status).toBe(404);
    expect((await call('DELETE', `decision-rules/${id}`, other)).status).toBe(404);
    expect((await call('POST', `decision-rules/${id}/disable`, other)).status).toBe(404);
    expect(
      (await call('GET', 'decision-rules', other)).body.items.map((item: { id: string }) => item.id),
    ).not.toContain(id);
  });

  it('ask for If-Match, and refuse one that is not current', async () => {
    const { id } = await create();
    const patch = (headers: Record<string, string>) =>
      call('PATCH', `decision-rules/${id}`, as('editor', { body: { timeoutMs: 100 }, headers }));
    expect((await patch({})).body.code).toBe('if_match_required');
    expect((await patch({ 'if-match': '"7"' })).body.code).toBe('version_mismatch');
    const patched = await patch({ 'if-match': '"1"' });
    expect([patched.status, patched.headers.get('etag'), patched.body.timeoutMs]).toEqual([200, '"2"', 100]);
    expect((await call('DELETE', `decision-rules/${id}`, as('editor'))).body.code).toBe('if_match_required');
  });

  it('give each role what the public surface gives it', async () => {
    const { id } = await create();
    const status = async (role: string, method: string, path: string, body?: unknown) =>
      (await call(method, path, as(role, { ...(body === undefined ? {} : { body }), headers: ANY }))).status;
    for (const [role, read, write, switched] of [
      ['viewer', 200, 403, 403],
      ['producer', 403, 403, 403],
      ['editor', 200, 201, 200],
      ['admin', 200, 201, 200],
    ] as const) {
      expect(await status(role, 'GET', `decision-rules/${id}`), role).toBe(read);
      expect(await status(role, 'GET', 'decision-rules'), role).toBe(read);
      expect(await status(role, 'POST', 'decision-rules', rule()), role).toBe(write);
      expect(await status(role, 'POST', `decision-rules/${id}/disable`), role).toBe(switched);
      expect(await status(role, 'POST', `decision-rules/${id}/enable`, {}), role).toBe(switched);
    }
    expect(await status('editor', 'POST', `decision-rules/${id}/enable`, { backlog: 'deliver' })).toBe(422);
    expect((await call('GET', 'decision-rules', { tenant: 'ten_none' })).status).toBe(404);
  });

  it('are listed newest first, page by page', async () => {
    const tenant = { tenant: 'ten_pages' };
    await call('POST', 'tenants', { body: { id: 'ten_pages', name: 'Pages', plan: 'standard' } });
    for (const name of ['a', 'b', 'c']) await call('POST', 'decision-rules', { ...tenant, body: rule({ name }) });
    const first = await call('GET', 'decision-rules?limit=2', tenant);
    const second = await call('GET', `decision-rules?limit=2&cursor=${first.body.nextCursor}`, tenant);
    const names = [first, second].flatMap(({ body }) => body.items.map((item: { name: string }) => item.name));
    expect([names, second.body.nextCursor]).toEqual([['c', 'b', 'a'], null]);
    for (const query of ['limit=0', 'cursor=zzz', 'foo=1']) {
      expect((await call('GET', `decision-rules?${query}`, tenant)).body.code, query).toBe('malformed');
    }
  });

  it('are refused with a pointer to what is wrong, as created and as patched', async () => {
    const { id } = await create();
    for (const [given, pointer, code] of [
      [{ body: '{}' }, '/body', 'invalid'],
      [{ headers: { A: '%user%' } }, '/headers/A', 'unknown_parameter'],
      [{ method: 'POST', body: '%user%' }, '/body', 'unknown_parameter'],
      [{ url: 'https://a.b/%username%' }, '/url', 'invalid'],
      [{ foo: 1 }, '/foo', 'invalid'],
    ] as const) {
      const created = await call('POST', 'decision-rules', as('editor', { body: rule(given) }));
      const patched = await call('PATCH', `decision-rules/${id}`, as('editor', { body: given, headers: ANY }));
      for (const { status, body } of [created, patched]) {
        expect([status, body.code, body.errors[0].pointer], JSON.stringify(body)).toEqual([422, code, pointer]);
      }
    }
    expect((await call('GET', `decision-rules/${id}`, as('viewer'))).body.version).toBe(1);
  });

  it('keep the secrets that a patch leaves as they were read', async () => {
    const { id, headers } = await create({ headers: { 'X-A': 'secret text' } });
    const before = (await config.lastOf(id)) as DecisionRuleConfiguration;
    const body = { headers, timeoutMs: 200 };
    await call('PATCH', `decision-rules/${id}`, as('editor', { body, headers: ANY }));
    const after = (await config.lastOf(id)) as DecisionRuleConfiguration;
    expect(after.settings).toEqual({ ...before.settings, timeoutMs: 200 });
  });

  it('go with their tenant', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_gone', name: 'Gone', plan: 'standard' } });
    const { body } = await call('POST', 'decision-rules', { tenant: 'ten_gone', body: rule() });
    expect((await call('DELETE', 'tenants/ten_gone', { headers: ANY })).status).toBe(204);
    expect(await config.lastOf(body.id)).toMatchObject({ deleted: true });
    expect((await call('POST', 'decision-rules', { tenant: 'ten_gone', body: rule() })).status).toBe(404);
  });

  it('leave in domain-events who changed what, masked', async () => {
    const { id } = await create({ name: 'audited', headers: { 'X-A': 'secret text' } });
    const headers = { ...ANY, 'x-request-id': 'my-request' };
    await call(
      'PATCH',
      `decision-rules/${id}`,
      as('editor', { body: { name: 'audited again', enabled: false }, headers }),
    );
    await call('POST', `decision-rules/${id}/enable`, as('admin'));
    await call('DELETE', `decision-rules/${id}`, as('admin', { headers: ANY }));
    const facts = await config.factsOf(id);
    const editor = { actor: { name: 'editor' }, requestId: 'my-request', subjectName: 'audited again' };
    expect(facts).toMatchObject([
      { action: 'decision_rule.created', version: 1, before: null, after: { name: 'audited' } },
      { action: 'decision_rule.updated', before: { name: 'audited' }, after: { name: 'audited again' }, ...editor },
      { action: 'decision_rule.disabled', before: { state: 'enabled' }, after: { state: 'disabled' }, ...editor },
      { action: 'decision_rule.enabled', after: { state: 'enabled' }, actor: { name: 'admin' } },
      { action: 'decision_rule.deleted', version: 5, before: { state: 'enabled' }, after: null },
    ]);
    expect(JSON.stringify(facts)).not.toMatch(/ciphertext|secret text/);
  });

  it('are written to the topic again where that has an older version', async () => {
    const { id } = await create();
    const old = await config.lastOf(id);
    await call('POST', `decision-rules/${id}/disable`, as('editor'));
    if (old) await config.append(old);
    await until(async () => (await config.lastOf(id))?.version === 2, { what: 'the newest version' });
  });
});
