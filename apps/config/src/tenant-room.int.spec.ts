import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from './config-under-test.js';
import { BUILT_IN_PROFILES } from './profiles/built-in-profiles.js';

const MEBIBYTE = 1024 * 1024;
const FULL = { status: 409, body: { code: 'configuration_full' } };
const SIZES = [200, 200, 200, 200, 180, 30];
const ANY_VERSION = { 'if-match': '*' };

let config: ConfigUnderTest;
let call: (method: string, path: string, options?: Call) => Promise<Answer>;

beforeAll(async () => {
  config = await ConfigUnderTest.create();
  const settings = { HOOKSTILE_TENANT_CONFIGURATION_MAX_BYTES: String(MEBIBYTE) };
  call = instanceOf(await config.start({}, BUILT_IN_PROFILES, settings));
});

afterAll(() => config?.destroy());

/** About `kilobytes` of filter, as large as one request may be. */
function filtering(kilobytes: number) {
  const value = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(97, 'x'));
  return Array.from({ length: kilobytes / 10 }, (_, n) => ({ pointer: `/data/${n}`, op: 'in', value }));
}

const integration = (name: string, kilobytes: number) => ({
  name,
  url: 'https://example.com/',
  filter: filtering(kilobytes),
});

async function aTenant(id: string) {
  await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
  const as = (method: string, path: string, body?: unknown) =>
    call(method, path, { tenant: id, body, headers: ANY_VERSION });
  return { as, create: (name: string, kilobytes: number) => as('POST', 'integrations', integration(name, kilobytes)) };
}

/** A tenant with integrations of 1,010 KB, which leaves room for about twenty keys. */
async function aFullTenant(id: string) {
  const tenant = await aTenant(id);
  const ids: string[] = [];
  for (const [n, kilobytes] of SIZES.entries()) ids.push((await tenant.create(`i${n}`, kilobytes)).body.id);
  return { ...tenant, ids };
}

it('refuses what would take more than a tenant may have, of every kind, and stores none of it', async () => {
  const { as, create, ids } = await aFullTenant('full');
  expect(await create('one more', 50)).toMatchObject(FULL);
  expect(await as('PATCH', `integrations/${ids[5]}`, { filter: filtering(200) })).toMatchObject(FULL);
  const type = { tenant: 'full', body: { description: '', example: 'x'.repeat(32_000) } };
  expect(await call('PUT', 'event-types/large', type)).toMatchObject(FULL);
  const rule = {
    name: 'r',
    method: 'POST',
    url: 'https://example.com/',
    body: Array.from({ length: 12 }, () => 'x'.repeat(4_000)),
  };
  expect(await as('POST', 'decision-rules', rule)).toMatchObject(FULL);
  const items = SIZES.map((kilobytes, n) => integration(`i${n}`, kilobytes));
  const more = [...items, integration('one more', 50)];
  expect(await as('PUT', 'integrations:apply', { items: more })).toMatchObject(FULL);
  expect(await as('PUT', 'integrations:apply', { items: more, dryRun: true })).toMatchObject(FULL);
  const once = { tenant: 'full', body: integration('one more', 50), headers: { 'idempotency-key': 'a-key' } };
  expect(await call('POST', 'integrations', once)).toMatchObject(FULL);
  expect((await as('GET', 'integrations')).body.items).toHaveLength(SIZES.length);
  expect((await as('GET', 'event-types')).body.items).toEqual([]);
  expect((await as('GET', 'decision-rules')).body.items).toEqual([]);
});

it('lets in no more of what comes at once than of what comes one after the other', async () => {
  const patient = await aFullTenant('patient');
  let fitting = 0;
  while ((await patient.create(`more ${fitting}`, 10)).status === 201) fitting += 1;
  expect(fitting).toBeGreaterThan(0);
  const hasty = await aFullTenant('hasty');
  const answers = await Promise.all(Array.from({ length: 24 }, (_, n) => hasty.create(`more ${n}`, 10)));
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(answers.length - fitting);
  for (const answer of refused) expect(answer).toMatchObject(FULL);
});

it('lets a full tenant disable, shrink and delete, and then grow again', async () => {
  const { as, create, ids } = await aFullTenant('shrinking');
  expect((await as('POST', `integrations/${ids[0]}/disable`, {})).status).toBe(200);
  expect((await as('PATCH', `integrations/${ids[1]}`, { enabled: false })).status).toBe(200);
  expect((await as('PATCH', `integrations/${ids[2]}`, { filter: [] })).status).toBe(200);
  expect((await create('in the room of the third', 180)).status).toBe(201);
  expect((await as('DELETE', `integrations/${ids[3]}`)).status).toBe(204);
  const items = [integration('i0', 200), integration('new', 200)];
  expect((await as('PUT', 'integrations:apply', { items })).status).toBe(200);
});

it('keeps room for each tenant apart, and for keys to be deleted', async () => {
  const { as } = await aFullTenant('neighbour');
  const other = await aTenant('other');
  expect((await other.create('mine', 200)).status).toBe(201);
  let made = await as('POST', 'api-keys', { name: 'k', role: 'viewer' });
  const keys: string[] = [];
  while (made.status === 201) {
    keys.push(made.body.id);
    made = await as('POST', 'api-keys', { name: 'k'.repeat(255), role: 'viewer' });
  }
  expect(made).toMatchObject(FULL);
  expect((await as('DELETE', `api-keys/${keys[0]}`)).status).toBe(204);
});
