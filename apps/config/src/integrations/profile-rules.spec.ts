import { FakeEventStore } from '@hookstile/event-store';
import { fixedClock, seededRandomBytes } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { FakeIdempotencyStore } from '../idempotency/idempotency.store.fake.js';
import { catalogWith, profileFile } from '../profiles/profile-file.fake.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { Tenants } from '../tenants/tenants.js';
import { Integrations } from './integrations.js';

const ANY = '*';
const profiles = catalogWith(
  profileFile({ name: 'enterprise-only', requires: { plan: 'enterprise', auth: false } }),
  profileFile({ name: 'single', singleEndpoint: true }),
  profileFile({ name: 'needs-auth', requires: { plan: null, auth: true } }),
);

let tenants: Tenants;
let integrations: Integrations;
let events: FakeEventStore;

beforeEach(async () => {
  events = new FakeEventStore();
  const readModels = new FakeReadModelStore();
  const changes = new Changes(events, readModels, { published: async () => true, waiting: 0 }, 12, fakeTenantKeys());
  const clock = fixedClock();
  const randomBytes = seededRandomBytes('ids');
  tenants = new Tenants(changes, readModels, new FakeIdempotencyStore(), profiles, clock, randomBytes);
  integrations = new Integrations(changes, readModels, profiles, clock, randomBytes);
  await tenants.create({ id: 'ten_1', name: 'Acme', plan: 'enterprise' }, SYSTEM_ORIGIN);
  await tenants.create({ id: 'ten_2', name: 'Other', plan: 'standard' }, SYSTEM_ORIGIN);
});

const callerOf = (tenantId: string) => ({ tenantId, mayEnableAfterFailures: true, origin: SYSTEM_ORIGIN });
const create = async (profile: string, tenantId = 'ten_1', rest: object = {}) =>
  (await integrations.create(callerOf(tenantId), { name: 'x', url: 'https://example.com', profile, ...rest }))
    .integration;
const patch = async (id: string, body: object) =>
  (await integrations.patch(callerOf('ten_1'), id, ANY, body)).integration;
const enable = (id: string) => integrations.enable(callerOf('ten_1'), id, {});
const stateOf = async (id: string) => {
  const { state, disabledReason, version } = await integrations.get('ten_1', id);
  return [state, disabledReason, version];
};
const plan = (to: string) => tenants.patch('ten_1', ANY, { plan: to }, SYSTEM_ORIGIN);

describe('a profile that needs a plan', () => {
  it('is used under it, and by nobody else', async () => {
    expect(await create('enterprise-only')).toMatchObject({ state: 'enabled', profile: 'enterprise-only' });
    await expect(create('enterprise-only', 'ten_2')).rejects.toMatchObject({ code: 'plan_required' });
  });

  it('is changed to under it only', async () => {
    const { id } = await create('standard-webhooks');
    await plan('standard');
    await expect(patch(id, { profile: 'enterprise-only' })).rejects.toMatchObject({ code: 'plan_required' });
    expect(await stateOf(id)).toEqual(['enabled', null, 1]);
    await plan('enterprise');
    expect(await patch(id, { profile: 'enterprise-only' })).toMatchObject({ profile: 'enterprise-only', version: 2 });
  });

  it('loses its integrations with the plan, at once and together, and nobody else does', async () => {
    const ids = [(await create('enterprise-only')).id, (await create('enterprise-only')).id];
    const kept = await create('standard-webhooks');
    const before = events.outbox.length;
    await plan('standard');
    for (const id of ids) expect(await stateOf(id)).toEqual(['disabled', 'plan', 2]);
    expect(await stateOf(kept.id)).toEqual(['enabled', null, 1]);
    expect(events.outbox.length - before).toBe(6);
  });

  it('leaves what was disabled for another reason as it was', async () => {
    const { id } = await create('enterprise-only', 'ten_1', { enabled: false });
    await plan('standard');
    expect(await stateOf(id)).toEqual(['disabled', 'admin', 1]);
    await expect(enable(id)).rejects.toMatchObject({ code: 'plan_required' });
  });

  it('lets nobody enable, or change, an integration while the plan lacks; the plan alone enables none', async () => {
    const { id } = await create('enterprise-only');
    await plan('standard');
    await expect(enable(id)).rejects.toMatchObject({ code: 'plan_required' });
    await expect(patch(id, { enabled: true })).rejects.toMatchObject({ code: 'plan_required' });
    await expect(patch(id, { name: 'y' })).rejects.toMatchObject({ code: 'plan_required' });
    await plan('enterprise');
    expect(await stateOf(id)).toEqual(['disabled', 'plan', 2]);
    expect(await enable(id)).toMatchObject({ state: 'enabled', disabledReason: null });
  });

  it('can be left while the plan lacks, and the integration enabled then', async () => {
    const { id } = await create('enterprise-only');
    await plan('standard');
    expect(await patch(id, { profile: 'standard-webhooks', enabled: true })).toMatchObject({ state: 'enabled' });
  });

  it('does nothing when a tenant is renamed, or keeps its plan', async () => {
    const { id } = await create('enterprise-only');
    await tenants.patch('ten_1', ANY, { name: 'Acme Ltd', plan: 'enterprise' }, SYSTEM_ORIGIN);
    expect(await stateOf(id)).toEqual(['enabled', null, 1]);
  });
});

describe('a profile with a single endpoint', () => {
  it('is had once a tenant, disabled or not, until that is deleted', async () => {
    const { id } = await create('single', 'ten_1', { enabled: false });
    await expect(create('single')).rejects.toMatchObject({
      code: 'endpoint_exists',
      message: expect.stringContaining(id),
    });
    expect(await create('single', 'ten_2')).toMatchObject({ profile: 'single' });
    await integrations.delete(callerOf('ten_1'), id, ANY);
    expect(await create('single')).toMatchObject({ profile: 'single' });
  });

  it('is changed to once, and its own integration is changed as often as you like', async () => {
    const [first, second] = [await create('single'), await create('standard-webhooks')];
    await expect(patch(second.id, { profile: 'single' })).rejects.toMatchObject({ code: 'endpoint_exists' });
    expect(await patch(first.id, { name: 'renamed', profile: 'single' })).toMatchObject({ name: 'renamed' });
    await patch(first.id, { profile: 'standard-webhooks' });
    expect(await patch(second.id, { profile: 'single' })).toMatchObject({ profile: 'single' });
  });
});

describe('a profile that needs an auth', () => {
  const auth = { type: 'bearer', token: 't' };
  const pointers = (errors: string[]) => ({ errors: errors.map((pointer) => expect.objectContaining({ pointer })) });

  it('is used with one, and without one it is refused', async () => {
    expect(await create('needs-auth', 'ten_1', { request: { auth } })).toMatchObject({ profile: 'needs-auth' });
    for (const request of [undefined, {}, { auth: { type: 'none' } }]) {
      const rest = request ? { request } : {};
      await expect(create('needs-auth', 'ten_1', rest)).rejects.toMatchObject(pointers(['/request/auth']));
    }
  });

  it('keeps it: a patch can change it, not take it away', async () => {
    const { id } = await create('needs-auth', 'ten_1', { request: { auth } });
    for (const removed of [null, { type: 'none' }]) {
      await expect(patch(id, { request: { auth: removed } })).rejects.toMatchObject(pointers(['/request/auth']));
    }
    const apiKey = { type: 'apiKey', value: 'v' };
    expect((await patch(id, { request: { auth: apiKey } })).request.auth).toMatchObject({ type: 'apiKey' });
  });

  it('is changed to with an auth only', async () => {
    const { id } = await create('standard-webhooks');
    await expect(patch(id, { profile: 'needs-auth' })).rejects.toMatchObject(pointers(['/request/auth']));
    expect(await patch(id, { profile: 'needs-auth', request: { auth } })).toMatchObject({ profile: 'needs-auth' });
  });
});
