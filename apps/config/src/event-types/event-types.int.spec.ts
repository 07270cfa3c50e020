import { type EventTypeConfiguration, eventTypeIdOf } from '@hookstile/contracts';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
const full = { description: 'A device came.', schema, example: { id: 'd-1' } };

describe('event types on a real broker and database', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  const keys: Record<string, string> = {};

  const as = (role: string, rest: Call = {}): Call => ({ key: keys[role] ?? '', ...rest });
  const put = (type: string, body: unknown = { description: '' }, rest: Call = {}) =>
    call('PUT', `event-types/${encodeURIComponent(type)}`, as('editor', { body, ...rest }));
  const recordOf = async (type: string, tenantId = 'ten_1') =>
    (await config.lastOf(eventTypeIdOf(tenantId, type))) as EventTypeConfiguration | undefined;

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

  it('are created and replaced, read back with every default, and stand in the topic when that is answered', async () => {
    const created = await put('device.installed', full);
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    expect(created.body).toEqual({
      type: 'device.installed',
      ...full,
      tenantId: 'ten_1',
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const id = eventTypeIdOf('ten_1', 'device.installed');
    const common = { kind: 'event-type', id, tenantId: 'ten_1', type: 'device.installed', at: expect.any(String) };
    expect(await recordOf('device.installed')).toEqual({ ...common, version: 1, deleted: false, ...full });
    const replaced = await put('device.installed', { description: 'Plain.' });
    expect([replaced.status, replaced.headers.get('etag')]).toEqual([200, '"2"']);
    expect(replaced.body).toMatchObject({ description: 'Plain.', schema: null, example: null });
    const plain = { version: 2, deleted: false, description: 'Plain.', schema: null };
    expect(await recordOf('device.installed')).toEqual({ ...common, ...plain });
    const read = await call('GET', 'event-types/device.installed', as('viewer'));
    expect([read.headers.get('etag'), read.body]).toEqual(['"2"', replaced.body]);
  });

  it('write nothing where they are put as they are, however their members are ordered', async () => {
    await put('same', { description: 'd', schema: { type: 'object', required: ['a'] } });
    const again = await put('same', { schema: { required: ['a'], type: 'object' }, example: null, description: 'd' });
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"']);
    expect(await config.factsOf(eventTypeIdOf('ten_1', 'same'))).toHaveLength(1);
  });

  it('are replaced under an If-Match that is current only, where one is given', async () => {
    const headers = (etag: string) => ({ headers: { 'if-match': etag } });
    expect((await put('matched', undefined, headers('*'))).status).toBe(404);
    await put('matched');
    expect((await put('matched', full, headers('"7"'))).body.code).toBe('version_mismatch');
    expect((await put('matched', full, headers('"1"'))).headers.get('etag')).toBe('"2"');
  });

  it('are deleted, with an If-Match where one is given, and can be created again', async () => {
    const remove = (headers = {}) => call('DELETE', 'event-types/gone', as('editor', { headers }));
    await put('gone', full);
    expect((await remove({ 'if-match': '"7"' })).body.code).toBe('version_mismatch');
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await call('GET', 'event-types/gone', as('viewer'))).status).toBe(404);
    const left = await recordOf('gone');
    expect(left).toMatchObject({ version: 2, deleted: true, description: '', schema: null });
    expect(left).not.toHaveProperty('example');
    const again = await put('gone');
    expect([again.status, again.headers.get('etag')]).toEqual([201, '"3"']);
    expect(await recordOf('gone')).toMatchObject({ version: 3, deleted: false });
  });

  it('are told of in the audit log', async () => {
    await put('audited', { description: 'a' });
    await put('audited', { description: 'b' });
    await call('DELETE', 'event-types/audited', as('editor'));
    const facts = await config.factsOf(eventTypeIdOf('ten_1', 'audited'));
    expect(facts.map(({ action, subjectName }) => [action, subjectName])).toEqual(
      ['created', 'updated', 'deleted'].map((what) => [`event_type.${what}`, 'audited']),
    );
    expect(facts[1]).toMatchObject({
      aggregate: 'event_type',
      tenantId: 'ten_1',
      actor: { type: 'api_key', name: 'editor' },
      before: { type: 'audited', description: 'a', version: 1 },
      after: { type: 'audited', description: 'b', version: 2 },
    });
  });

  it('may have any name that an event may give as its type', async () => {
    for (const type of ['a/b?c d%', 'ж'.repeat(255), '😀'.repeat(255), '*']) {
      const created = await put(type);
      expect([created.status, created.body.type], type).toEqual([201, type]);
      expect((await call('GET', `event-types/${encodeURIComponent(type)}`, as('viewer'))).body.type).toBe(type);
    }
  });

  it.each([
    ['x'.repeat(256), 'invalid'],
    ['a\tb', 'invalid'],
    ['hookstile.integration.failing', 'reserved_type'],
  ])('cannot be called %j', async (type, code) => {
    const answer = await put(type);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });

  it.each([
    [{}, '/description'],
    [{ description: 'x'.repeat(4_097) }, '/description'],
    [{ description: 'a\0' }, '/description'],
    [{ description: '', foo: 1 }, '/foo'],
    [{ description: '', schema: 'text' }, '/schema'],
    [{ description: '', schema: true }, '/schema'],
    [{ description: '', schema: { type: 'objekt' } }, '/schema/type'],
    [{ description: '', schema: { $ref: 'https://example.com/x.json' } }, '/schema/$ref'],
    [{ description: '', schema: { const: 'x'.repeat(32 * 1_024) } }, '/schema'],
    [{ description: '', example: 'x'.repeat(32 * 1_024) }, '/example'],
    [{ ...full, example: { id: 1 } }, '/example/id'],
  ])('are refused with a pointer to what is wrong: %#', async (body, pointer) => {
    const answer = await put('wrong', body);
    expect([answer.status, answer.body.code, answer.body.errors?.[0].pointer]).toEqual([422, 'invalid', pointer]);
  });

  it('of another tenant are not to be seen', async () => {
    await put('mine', full);
    expect((await call('GET', 'event-types/mine', { tenant: 'ten_2' })).status).toBe(404);
    expect((await call('DELETE', 'event-types/mine', { tenant: 'ten_2' })).status).toBe(404);
    const theirs = await call('PUT', 'event-types/mine', { tenant: 'ten_2', body: { description: 'theirs' } });
    expect([theirs.status, theirs.body.tenantId]).toEqual([201, 'ten_2']);
    expect((await call('GET', 'event-types/mine', as('viewer'))).body).toMatchObject(full);
    expect((await call('GET', 'event-types', { tenant: 'ten_2' })).body.items).toHaveLength(1);
  });

  it('give each role what the public surface gives it', async () => {
    await put('roles');
    for (const [role, read, write] of [
      ['viewer', 200, 403],
      ['producer', 403, 403],
      ['editor', 200, 200],
      ['admin', 200, 200],
    ] as const) {
      expect((await call('GET', 'event-types', as(role))).status, role).toBe(read);
      expect((await call('GET', 'event-types/roles', as(role))).status, role).toBe(read);
      expect((await put('roles', { description: '' }, { key: keys[role] ?? '' })).status, role).toBe(write);
    }
    expect((await call('DELETE', 'event-types/roles', as('viewer'))).status).toBe(403);
  });

  it('are listed newest first, page by page', async () => {
    const tenant = { tenant: 'ten_pages' };
    await call('POST', 'tenants', { body: { id: 'ten_pages', name: 'Pages', plan: 'standard' } });
    for (const type of ['a', 'b', 'c']) {
      await call('PUT', `event-types/${type}`, { ...tenant, body: { description: '' } });
    }
    const first = await call('GET', 'event-types?limit=2', tenant);
    const second = await call('GET', `event-types?limit=2&cursor=${first.body.nextCursor}`, tenant);
    const types = [first, second].flatMap(({ body }) => body.items.map((item: { type: string }) => item.type));
    expect([types, second.body.nextCursor]).toEqual([['c', 'b', 'a'], null]);
    expect((await call('GET', 'event-types?foo=1', tenant)).body.code).toBe('malformed');
    expect((await call('GET', 'event-types', { tenant: 'ten_none' })).status).toBe(404);
  });

  it('go with their tenant', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_gone', name: 'Gone', plan: 'standard' } });
    await call('PUT', 'event-types/a', { tenant: 'ten_gone', body: full });
    await call('DELETE', 'tenants/ten_gone', { headers: { 'if-match': '*' } });
    expect(await recordOf('a', 'ten_gone')).toMatchObject({ version: 2, deleted: true });
    expect((await call('PUT', 'event-types/a', { tenant: 'ten_gone', body: full })).status).toBe(404);
  });

  it('are written again where the topic has them in an older version', async () => {
    await put('late');
    const old = await recordOf('late');
    await put('late', full);
    if (old) await config.append(old);
    await until(async () => (await recordOf('late'))?.version === 2, { timeoutMs: 20_000 });
  });
});
