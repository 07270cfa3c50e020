import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

interface Item {
  name: string;
  action: string;
  id: string | null;
  changes: { pointer: string; from: unknown; to: unknown }[];
  signingSecret?: string;
}

const url = 'https://example.com/hook';

/** Every member that has a class of its own in the input, and every kind of secret. */
const full = {
  name: 'full',
  url,
  eventTypes: ['device.*', 'agent.*'],
  filter: [
    { pointer: '/data/status', op: 'in', value: ['compliant', 1, 0.5, null, true] },
    { pointer: '/subject', op: 'exists', value: true },
  ],
  request: {
    method: 'PUT',
    headers: { 'X-Team': 'the-t3am-of-the-header', 'X-B': 'b' },
    auth: { type: 'basic', username: 'u', password: 'the-passw0rd-of-the-user' },
    body: { format: 'data', rename: { a: 'b' }, omit: ['c'] },
    sign: { secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}` },
    tls: { verify: false },
  },
  ordering: { mode: 'by-key', key: '/subject', maxConcurrency: 4 },
  batch: { maxItems: 5, maxWaitMs: 10 },
  retry: { exponential: { firstMs: 1_000, jitter: 0.5 }, stopOn: [422] },
  rateLimit: { perSecond: 50 },
  logPayloads: 'none',
};

describe('applying a list of integrations', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  let tenants = 0;

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
  });
  afterAll(() => config?.destroy());

  /** A tenant of its own, with what a client does. */
  const tenantWith = async (plan = 'standard') => {
    tenants += 1;
    const tenant = `ten_${tenants}`;
    await call('POST', 'tenants', { body: { id: tenant, name: tenant, plan } });
    const make = (path: string, body: object) => call('POST', path, { tenant, body });
    const keyOf = async (role: string) => (await make('api-keys', { name: role, role })).body.key;
    return {
      tenant,
      make,
      editor: await keyOf('editor'),
      viewer: await keyOf('viewer'),
      apply: (items: unknown, rest: object = {}, as: Call = { tenant }) =>
        call('PUT', 'integrations:apply', { ...as, body: { items, ...rest } }),
      list: async () => (await call('GET', 'integrations?limit=200', { tenant })).body.items,
    };
  };
  const named = (answer: Answer): Record<string, Item> =>
    Object.fromEntries(answer.body.items.map((item: Item) => [item.name, item]));
  const actions = (answer: Answer) => answer.body.items.map(({ name, action }: Item) => [name, action]);

  it('creates, changes and deletes by name, and answers what it did', async () => {
    const { make, apply, list } = await tenantWith();
    for (const name of ['keep', 'change', 'drop']) await make('integrations', { name, url });
    const answer = await apply([
      { name: 'new', url },
      { name: 'change', url: `${url}/2`, disableAfter: null },
      { name: 'keep', url },
    ]);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(actions(answer)).toEqual([
      ['new', 'created'],
      ['change', 'changed'],
      ['keep', 'unchanged'],
      ['drop', 'deleted'],
    ]);
    expect(answer.body).toMatchObject({
      dryRun: false,
      summary: { created: 1, changed: 1, deleted: 1, unchanged: 1 },
    });
    const { new: created, change, keep, drop } = named(answer);
    expect(created?.signingSecret).toMatch(/^whsec_/);
    expect(created?.changes).toEqual([{ pointer: '', from: null, to: expect.objectContaining({ name: 'new', url }) }]);
    expect(change?.changes).toEqual([
      { pointer: '/url', from: url, to: `${url}/2` },
      { pointer: '/disableAfter', from: 100, to: null },
    ]);
    expect(change).not.toHaveProperty('signingSecret');
    expect(keep?.changes).toEqual([]);
    expect(drop?.changes).toEqual([{ pointer: '', from: expect.objectContaining({ name: 'drop' }), to: null }]);
    const left = await list();
    expect(left.map(({ name, version }: { name: string; version: number }) => [name, version]).sort()).toEqual([
      ['change', 2],
      ['keep', 1],
      ['new', 1],
    ]);
    expect(await config.lastOf(created?.id ?? '')).toMatchObject({ version: 1, state: 'enabled' });
    expect(await config.lastOf(drop?.id ?? '')).toMatchObject({ deleted: true });
  });

  it('does nothing the second time, also with secrets given as text and each member given', async () => {
    const { apply, list } = await tenantWith();
    const items = [full, { name: 'plain', url }, { name: 'off', url, enabled: false }];
    expect((await apply(items)).body.summary).toMatchObject({ created: 3 });
    const before = await list();
    const again = await apply(items);
    expect(again.body.summary).toEqual({ created: 0, changed: 0, deleted: 0, unchanged: 3 });
    expect(again.body.items.flatMap(({ changes }: Item) => changes)).toEqual([]);
    expect(JSON.stringify(again.body)).not.toContain('whsec_');
    expect(await list()).toEqual(before);
  });

  it('shows no secret, and says that one has changed', async () => {
    const { apply } = await tenantWith();
    const first = await apply([full]);
    const request = { ...full.request, headers: { 'X-Team': 'another-t3am-of-the-header', 'X-B': 'b' } };
    const second = await apply([{ ...full, request }]);
    expect(named(second).full?.changes.map(({ pointer }) => pointer)).toEqual(['/request/headers/X-Team']);
    const own = full.request.sign.secret;
    expect(JSON.stringify([first.body, second.body]).replaceAll(own, '')).not.toMatch(/t3am|passw0rd|ciphertext/);
  });

  it('leaves alone what a list does not say: signing secrets, what a rotation left, and whether it is enabled', async () => {
    const { make, apply, list } = await tenantWith();
    const { id } = (await make('integrations', { name: 'a', url })).body;
    await make(`integrations/${id}/rotate-secret`, {});
    await make(`integrations/${id}/disable`, {});
    const [before] = await list();
    expect((await apply([{ name: 'a', url }])).body.summary.unchanged).toBe(1);
    expect(await list()).toEqual([before]);
    expect(before).toMatchObject({ state: 'disabled', request: { sign: { previous: { secret: { set: true } } } } });
    const switched = await apply([{ name: 'a', url, enabled: true }]);
    expect(named(switched).a?.changes).toEqual([{ pointer: '/enabled', from: false, to: true }]);
  });

  it('changes nothing in a dry run, and answers the same without ids and secrets that nobody has', async () => {
    const { make, apply, list } = await tenantWith();
    await make('integrations', { name: 'drop', url });
    const before = [await list(), (await config.facts()).length];
    const items = [{ name: 'new', url }];
    const dry = await apply(items, { dryRun: true });
    expect([await list(), (await config.facts()).length]).toEqual(before);
    expect(dry.body).toMatchObject({ dryRun: true, summary: { created: 1, deleted: 1 } });
    expect(dry.body.items[0]).toMatchObject({ name: 'new', action: 'created', id: null });
    expect(JSON.stringify(dry.body)).not.toContain('whsec_');
    const real = await apply(items);
    const comparable = ({ body }: Answer) =>
      JSON.parse(
        JSON.stringify(body.items, (key, value) => (/^(id|signingSecret|secret)$/.test(key) ? undefined : value)),
      );
    expect(comparable(real)).toEqual(comparable(dry));
  });

  it('answers at once all that is wrong, by its place in the list, and writes nothing', async () => {
    const { apply, list } = await tenantWith();
    const wrong = await apply([
      { name: 'good', url },
      { name: 'a', url: 'ftp://x' },
      { name: 'b', url, request: { auth: { type: 'bearer' } } },
      { name: 'c', url, foo: 1 },
    ]);
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ pointer: '/items/3/foo' }] } });
    const problems = await apply([
      { name: 'good', url },
      { name: 'a', url: 'ftp://x' },
      { name: 'b', url, request: { auth: { type: 'bearer' } } },
    ]);
    const pointers = problems.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(['/items/1/url', '/items/2/request/auth/token']);
    const repeated = await apply([
      { name: 'a', url },
      { name: 'b', url },
      { name: 'a', url },
    ]);
    expect(repeated).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/items/2/name', code: 'repeated_name' }] },
    });
    const many = Array.from({ length: 501 }, (_, n) => ({ name: `n${n}`, url }));
    for (const items of [many, undefined, {}, [[]], [null], ['a']]) {
      expect(await apply(items)).toMatchObject({ status: 422, body: { code: 'invalid' } });
    }
    expect(await list()).toEqual([]);
  });

  it('refuses a name that several integrations have, unless the list leaves it out', async () => {
    const { make, apply, list } = await tenantWith();
    const ids = [];
    for (const name of ['twin', 'twin']) ids.push((await make('integrations', { name, url })).body.id);
    const ambiguous = await apply([
      { name: 'other', url },
      { name: 'twin', url },
    ]);
    expect(ambiguous).toMatchObject({
      status: 409,
      body: { code: 'ambiguous_name', errors: [{ pointer: '/items/1/name', code: 'ambiguous_name' }] },
    });
    for (const id of ids) expect(ambiguous.body.detail).toContain(id);
    expect(await list()).toHaveLength(2);
    expect((await apply([])).body.summary.deleted).toBe(2);
  });

  it("holds to the tenant's plan and to single endpoints", async () => {
    const { tenant, apply, list } = await tenantWith('enterprise');
    const metaaccess = { name: 'm', url, profile: 'metaaccess', request: { auth: { type: 'apiKey', value: 'k3y' } } };
    const single = (name: string) => ({ name, url, profile: 'defensx' });
    const both = await apply([single('a'), single('b')]);
    expect(both).toMatchObject({
      status: 409,
      body: { code: 'endpoint_exists', errors: [{ pointer: '/items/1/profile' }] },
    });
    expect((await apply([metaaccess, single('a')])).status).toBe(200);
    expect((await apply([metaaccess, single('b')])).body.summary).toMatchObject({ created: 1, deleted: 1 });

    const downgrade = { tenant, body: { plan: 'standard' }, headers: { 'if-match': '*' } };
    expect((await call('PATCH', `tenants/${tenant}`, downgrade)).status).toBe(200);
    expect((await apply([metaaccess, single('b')])).body.summary).toMatchObject({ unchanged: 2 });
    for (const change of [{ enabled: true }, { url: `${url}/2` }]) {
      expect(await apply([single('b'), { ...metaaccess, ...change }], { dryRun: true })).toMatchObject({
        status: 403,
        body: { code: 'plan_required', errors: [{ pointer: '/items/1/profile' }] },
      });
    }
    expect(await list()).toHaveLength(2);
  });

  it('is for editors, by PUT alone, of the own tenant', async () => {
    const { editor, viewer, apply } = await tenantWith();
    const other = await tenantWith();
    await other.apply([{ name: 'theirs', url }]);
    expect((await apply([{ name: 'mine', url }], {}, { key: editor })).status).toBe(200);
    expect((await apply([], {}, { key: viewer })).status).toBe(403);
    expect(await other.list()).toHaveLength(1);
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
      const answer = await call(method, 'integrations:apply', { tenant: other.tenant });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'PUT']);
    }
    for (const path of ['integrationsapply', 'integrations:other', 'integrations::apply', 'integrations:apply/x']) {
      expect((await call('PUT', path, { tenant: other.tenant, body: { items: [] } })).status).toBe(404);
    }
  });

  it('takes 500 at once, more than 256 KiB of them', async () => {
    const { apply } = await tenantWith();
    const items = Array.from({ length: 500 }, (_, n) => ({ name: `a${n}`, url: `${url}/${'x'.repeat(600)}` }));
    expect((await apply(items)).body).toMatchObject({ summary: { created: 500 } });
    expect((await apply(items)).body).toMatchObject({ summary: { unchanged: 500 } });
  }, 60_000);

  it('is never mixed with other changes made at the same time', async () => {
    const { tenant, make, apply, list } = await tenantWith();
    const { id } = (await make('integrations', { name: 'a', url })).body;
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, (_, n) =>
        apply([
          { name: 'a', url: `${url}/${n}` },
          { name: `only${n}`, url },
        ]),
      ),
      ...Array.from({ length: 6 }, () =>
        call('PATCH', `integrations/${id}`, { tenant, body: { disableAfter: 7 }, headers: { 'if-match': '"1"' } }),
      ),
      ...Array.from({ length: 3 }, (_, n) => make('integrations', { name: `made${n}`, url })),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 200]);
    expect(statuses.slice(4, 10).every((status) => status === 200 || status === 412)).toBe(true);
    const left = await list();
    const only = left.filter(({ name }: Item) => name.startsWith('only'));
    expect(only).toHaveLength(1);
    const a = left.find(({ name }: Item) => name === 'a');
    expect(a.url).toBe(`${url}/${only[0].name.slice(4)}`);
    expect(await config.lastOf(id)).toMatchObject({ version: a.version, settings: { url: a.url } });
  });
});
