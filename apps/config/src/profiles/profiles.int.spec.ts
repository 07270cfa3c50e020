import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';
import { catalogWith, profileFile } from './profile-file.fake.js';

const CREATES = 20;
const file = (overrides: Parameters<typeof profileFile>[0]) => profileFile({ name: 'acme', ...overrides });
const FIRST = file({ version: 1, settings: { disableAfter: 7, eventTypes: ['v1.*'] } });
/** Of a later release, which asks for more and fills in otherwise. */
const SECOND = file({
  version: 2,
  requires: { plan: 'enterprise', auth: true },
  singleEndpoint: true,
  settings: { disableAfter: 9, eventTypes: ['v2.*'] },
});
const SINGLE = profileFile({ name: 'single', singleEndpoint: true });
const ENTERPRISE = profileFile({ name: 'enterprise-only', requires: { plan: 'enterprise', auth: false } });

describe('profiles', () => {
  let config: ConfigUnderTest;
  let before: (method: string, path: string, options?: Call) => Promise<Answer>;
  let after: typeof before;
  let tenants = 0;

  const newTenant = async (plan = 'standard') => {
    tenants += 1;
    const tenant = `ten_${tenants}`;
    await before('POST', 'tenants', { body: { id: tenant, name: tenant, plan } });
    return tenant;
  };
  const integration = (profile: string, rest: object = {}) => ({
    name: 'SIEM',
    url: 'https://example.com/hook',
    profile,
    ...rest,
  });
  const headers = { 'if-match': '*' };

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    before = instanceOf(await config.start({}, catalogWith(FIRST, SINGLE, ENTERPRISE)));
    after = instanceOf(await config.start({}, catalogWith(FIRST, SECOND, SINGLE, ENTERPRISE)));
  });
  afterAll(() => config?.destroy());

  it('are listed page by page, each in its newest version, and read one by one', async () => {
    const first = await after('GET', 'profiles?limit=5');
    const second = await after('GET', `profiles?limit=5&cursor=${first.body.nextCursor}`);
    const names = [first, second].flatMap(({ body }) => body.items.map((item: { name: string }) => item.name));
    expect(names).toEqual([
      'standard-webhooks',
      'metaaccess',
      'defensx',
      'netography',
      'safous',
      'acme',
      'single',
      'enterprise-only',
    ]);
    expect(second.body.nextCursor).toBeNull();
    expect((await after('GET', 'profiles?limit=5')).body.items[1].settings.retry.delaysMs).toEqual([4_000, 60_000]);
    expect((await before('GET', 'profiles/acme')).body.version).toBe(1);
    expect((await after('GET', 'profiles/acme')).body.version).toBe(2);
    expect((await after('GET', 'profiles/nobody')).status).toBe(404);
    expect((await after('GET', 'profiles?cursor=zzz')).body.code).toBe('malformed');
  });

  it('fill what is not given, and all of it is read back with the version', async () => {
    const tenant = await newTenant();
    const { body } = await before('POST', 'integrations', { tenant, body: integration('acme', { disableAfter: 3 }) });
    const expected = { profile: 'acme', profileVersion: 1, eventTypes: ['v1.*'], disableAfter: 3, filter: [] };
    expect(body).toMatchObject({ ...expected, request: { body: { format: 'standard', rename: {}, omit: [] } } });
    const { signingSecret: _once, ...view } = body;
    expect((await before('GET', `integrations/${body.id}`, { tenant })).body).toEqual(view);
  });

  it('keep what was made under a version over an upgrade, whatever the next one asks for', async () => {
    const tenant = await newTenant();
    const { body: made } = await before('POST', 'integrations', { tenant, body: integration('acme') });
    const path = `integrations/${made.id}`;
    const { signingSecret: _once, ...view } = made;
    expect((await after('GET', path, { tenant })).body).toEqual(view);
    const renamed = await after('PATCH', path, { tenant, headers, body: { name: 'New', eventTypes: null } });
    expect([renamed.status, renamed.body]).toMatchObject([200, { profileVersion: 1, eventTypes: ['v1.*'] }]);
    await after('POST', `${path}/disable`, { tenant });
    expect((await after('POST', `${path}/enable`, { tenant })).body).toMatchObject({ state: 'enabled' });
    const anew = await after('POST', 'integrations', { tenant, body: integration('acme') });
    expect(anew.body.errors[0].pointer).toBe('/request/auth');
    const auth = { type: 'bearer', token: 't' };
    const refused = await after('POST', 'integrations', { tenant, body: integration('acme', { request: { auth } }) });
    expect(refused.body.code).toBe('plan_required');
  });

  it('get their newest version by a patch that changes to them', async () => {
    const tenant = await newTenant('enterprise');
    const { body: made } = await before('POST', 'integrations', { tenant, body: integration('standard-webhooks') });
    const patch = { profile: 'acme', request: { auth: { type: 'bearer', token: 't' } } };
    const { body } = await after('PATCH', `integrations/${made.id}`, { tenant, headers, body: patch });
    expect(body).toMatchObject({ profile: 'acme', profileVersion: 2, eventTypes: ['v2.*'], disableAfter: 9 });
    const older = await before('PATCH', `integrations/${made.id}`, { tenant, headers, body: { name: 'Old' } });
    expect(older.body).toMatchObject({ name: 'Old', profileVersion: 2 });
  });

  it('allow one of twenty concurrent creates where there is a single endpoint a tenant', async () => {
    const tenant = await newTenant();
    const creates = Array.from({ length: CREATES }, (_, n) =>
      (n % 2 === 0 ? before : after)('POST', 'integrations', { tenant, body: integration('single') }),
    );
    const answers = await Promise.all(creates);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(CREATES - 1).fill(409)]);
    expect(new Set(answers.flatMap(({ body }) => body.code ?? []))).toEqual(new Set(['endpoint_exists']));
    expect((await before('GET', 'integrations', { tenant })).body.items).toHaveLength(1);
  });

  it('allow one of twenty concurrent patches where there is a single endpoint a tenant', async () => {
    const tenant = await newTenant();
    const ids: string[] = [];
    for (let n = 0; n < CREATES; n += 1) {
      ids.push((await before('POST', 'integrations', { tenant, body: integration('acme') })).body.id);
    }
    const body = { profile: 'single' };
    const patches = ids.map((id) => before('PATCH', `integrations/${id}`, { tenant, headers, body }));
    const statuses = (await Promise.all(patches)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(CREATES - 1).fill(409)]);
  });

  it('are disabled with the plan in one change, and stay so under a concurrent create and enable', async () => {
    const tenant = await newTenant('enterprise');
    const { body: made } = await before('POST', 'integrations', { tenant, body: integration('enterprise-only') });
    const [patched, ...others] = await Promise.all([
      before('PATCH', `tenants/${tenant}`, { headers, body: { plan: 'standard' } }),
      ...Array.from({ length: CREATES }, (_, n) =>
        n % 2 === 0
          ? before('POST', 'integrations', { tenant, body: integration('enterprise-only') })
          : before('POST', `integrations/${made.id}/enable`, { tenant }),
      ),
    ]);
    expect(patched.status).toBe(200);
    for (const { status, body } of others) expect([200, 201, 403], JSON.stringify(body)).toContain(status);
    const { items } = (await before('GET', 'integrations', { tenant })).body;
    for (const item of items) expect(item).toMatchObject({ state: 'disabled', disabledReason: 'plan' });
    expect(await config.lastOf(made.id)).toMatchObject({ state: 'disabled', disabledReason: 'plan' });
    const refused = await before('POST', 'integrations', { tenant, body: integration('enterprise-only') });
    expect([refused.status, refused.body.code]).toEqual([403, 'plan_required']);
  });

  it('are no decision rules, and the other way round', async () => {
    const tenant = await newTenant();
    const { status, body } = await before('POST', 'integrations', { tenant, body: integration('safous') });
    expect([status, body.errors[0]]).toMatchObject([422, { pointer: '/profile' }]);
    expect(body.detail).toContain('/v1/decision-rules');
  });
});
