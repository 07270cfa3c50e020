import { createHash } from 'node:crypto';
import { OPERATIONS, type OperationEntry } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../api.js';
import { type AccessWorld, issueKey, RATE_LIMIT_REQUESTS, ROLES, startAccessWorld } from './access-world.js';
import { foreignThings } from './foreign-things.conformance.js';
import { rawStatus } from './raw-request.js';

const REVOKED_WITHIN_MS = 5_000;
const ENTRIES = Object.entries(OPERATIONS);

let world: AccessWorld;
let deletedKey: string;

beforeAll(async () => {
  world = await startAccessWorld();
  const { id, key } = await issueKey(world.forTenant, 'admin');
  await world.forTenant.expect(204, 'DELETE', `/v1/api-keys/${id}`);
  deletedKey = key;
  await Promise.all(SERVICES.map((service) => deadOn(service, key)));
});

afterAll(() => world?.close());

interface Outcome {
  status: number;
  code: string | null;
}

const UNAUTHORIZED: Outcome = { status: 401, code: 'unauthorized' };
const FORBIDDEN: Outcome = { status: 403, code: 'forbidden' };
const TENANT_REQUIRED: Outcome = { status: 400, code: 'tenant_required' };
const ADMITTED = 'admitted';

interface Caller {
  name: string;
  headers(): Record<string, string>;
  expected(operation: OperationEntry): Outcome | typeof ADMITTED;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const tenantHeader = (id: string) => ({ 'hookstile-tenant': id });

const CALLERS: readonly Caller[] = [
  ...ROLES.map((role) => ({
    name: role,
    headers: () => bearer(world.keys[role]),
    expected: ({ access }: OperationEntry) =>
      access.kind === 'roles' && access.roles.includes(role) ? (ADMITTED as typeof ADMITTED) : FORBIDDEN,
  })),
  {
    name: 'the platform for a tenant',
    headers: () => ({ ...bearer(world.stack.run.adminKey), ...tenantHeader(world.tenantId) }),
    expected: () => ADMITTED,
  },
  {
    name: 'the platform without a tenant',
    headers: () => bearer(world.stack.run.adminKey),
    expected: ({ access }) => (access.kind === 'roles' && access.needsTenant ? TENANT_REQUIRED : ADMITTED),
  },
  { name: 'nobody', headers: () => ({}), expected: () => UNAUTHORIZED },
  { name: 'a deleted key', headers: () => bearer(deletedKey), expected: () => UNAUTHORIZED },
  {
    name: "another tenant's admin who names this tenant",
    headers: () => ({ ...bearer(world.otherAdminKey), ...tenantHeader(world.tenantId) }),
    expected: () => FORBIDDEN,
  },
];

/** Asks as a caller would who knows no id and sends nothing, so that nothing is changed whoever is let in. */
async function ask({ method, path }: OperationEntry, headers: Record<string, string>) {
  const given = new AbortController();
  const response = await fetch(`${world.stack.run.baseUrl}${path}`, {
    method,
    headers: method === 'GET' ? headers : { ...headers, 'content-type': 'application/json' },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    signal: given.signal,
  });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const code = isProblem ? ((await response.json()) as { code: string }).code : null;
  // A stream would go on.
  given.abort();
  return { status: response.status, code };
}

const withoutIds = (operation: OperationEntry) => ({
  ...operation,
  path: operation.path.replaceAll(/\{\w+\}/g, 'unknown') as OperationEntry['path'],
});

function asExpected({ status, code }: Outcome): Outcome | typeof ADMITTED {
  const isRefused = [401, 403, 405].includes(status) || status >= 500 || code === 'tenant_required';
  return isRefused ? { status, code } : ADMITTED;
}

describe('who may call what', () => {
  it.each(ENTRIES)('%s answers each caller as the table says', async (_id, operation) => {
    const seen = await Promise.all(
      CALLERS.map(
        async ({ name, headers }) => [name, asExpected(await ask(withoutIds(operation), headers()))] as const,
      ),
    );
    const expected = CALLERS.map(({ name, expected: of }) => [name, of(operation)]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected));
  });
});

foreignThings(() => world);

const SERVICES = ['config', 'event-ingest', 'dispatcher', 'audit'] as const;
type Service = (typeof SERVICES)[number];

/** A route of each service that answers neither 400 nor 401 to a valid admin key. */
const ROUTES: Readonly<Record<Service, string>> = {
  config: 'GET /v1/me',
  'event-ingest': 'POST /v1/events',
  dispatcher: 'GET /v1/integrations/unknown/lanes',
  audit: 'GET /v1/event-log',
};

function urlOf(service: Service): string {
  const { services } = world.stack.run;
  return service === 'dispatcher' ? (services.dispatcher[0]?.url ?? '') : services[service].url;
}

const statusOn = (service: Service, key: string) =>
  rawStatus(urlOf(service), ROUTES[service], [`Authorization: Bearer ${key}`]);

/** How long it took until the key was refused. */
async function deadOn(service: Service, key: string): Promise<number> {
  const startedMs = performance.now();
  await until(async () => (await statusOn(service, key)) === 401, { timeoutMs: REVOKED_WITHIN_MS, what: 'a dead key' });
  return performance.now() - startedMs;
}

async function expectDeadAfter(keys: readonly string[], revoke: () => Promise<unknown>): Promise<void> {
  const everywhere = SERVICES.flatMap((service) => keys.map((key) => ({ service, key })));
  for (const { service, key } of everywhere) expect([400, 401]).not.toContain(await statusOn(service, key));
  await revoke();
  const tookMs = await Promise.all(everywhere.map(({ service, key }) => deadOn(service, key)));
  expect(Math.max(...tookMs)).toBeLessThan(REVOKED_WITHIN_MS);
}

describe('a key that was in use on every service is dead everywhere within 5 s', () => {
  it('of its deletion', async () => {
    const { id, key } = await issueKey(world.forTenant, 'admin');
    await expectDeadAfter([key], () => world.forTenant.expect(204, 'DELETE', `/v1/api-keys/${id}`));
  });

  it("of its tenant's deletion, with the tenant's other keys", async () => {
    const id = `${world.tenantId}-gone`;
    await world.platform.expect(201, 'POST', '/v1/tenants', { body: { id, name: id, plan: 'standard' } });
    const gone = new Api(world.stack.run.baseUrl, world.stack.run.adminKey, id);
    const keys = [await issueKey(gone, 'admin'), await issueKey(gone, 'editor')].map(({ key }) => key);
    const headers = { 'if-match': '*' };
    await expectDeadAfter(keys.slice(0, 1), () =>
      world.platform.expect(204, 'DELETE', `/v1/tenants/${id}`, { headers }),
    );
    for (const service of SERVICES) expect(await statusOn(service, String(keys[1]))).toBe(401);
  });
});

describe('a limit on requests', () => {
  it.each(SERVICES)('is told of in each answer of %s', async (service) => {
    const [method, path] = ROUTES[service].split(' ') as [string, string];
    const { headers } = await new Api(world.stack.run.baseUrl, world.keys.admin).send(method, path);
    expect(headers.get('ratelimit-policy')).toBe(`"key";q=${RATE_LIMIT_REQUESTS};w=60`);
    expect(headers.get('ratelimit')).toMatch(/^"key";r=\d+;t=\d+$/);
  });
});

const HOMOGRAPH = { h: 'һ', k: 'к' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = () =>
  `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url({ sub: world.tenantId, role: 'admin', tenantId: world.tenantId })}.`;

/** Header lines that must let nobody in, and the status they are answered with. */
const TRICKS: readonly [string, number, (key: string) => (string | Buffer)[]][] = [
  ['no scheme', 401, (key) => [`Authorization: ${key}`]],
  ['the scheme Basic', 401, (key) => [`Authorization: Basic ${key}`]],
  ['the key as a user of Basic', 401, (key) => [`Authorization: Basic ${Buffer.from(`${key}:`).toString('base64')}`]],
  ['the scheme Token', 401, (key) => [`Authorization: Token ${key}`]],
  ['a scheme that begins with Bearer', 401, (key) => [`Authorization: BearerX ${key}`]],
  ['the scheme twice', 401, (key) => [`Authorization: Bearer Bearer ${key}`]],
  ['the scheme alone', 401, () => ['Authorization: Bearer']],
  ['an empty header', 401, () => ['Authorization:']],
  ['the key in capitals', 401, (key) => [`Authorization: Bearer ${key.toUpperCase()}`]],
  ['a word behind the key', 401, (key) => [`Authorization: Bearer ${key} x`]],
  ['a list of keys', 401, (key) => [`Authorization: Bearer ${key}, Bearer ${key}`]],
  ['the key in quotes', 401, (key) => [`Authorization: Bearer "${key}"`]],
  ['two headers, the valid one first', 400, (key) => [`Authorization: Bearer ${key}`, 'Authorization: Bearer hk_0']],
  ['two headers, the valid one last', 400, (key) => ['Authorization: Bearer hk_0', `authorization: Bearer ${key}`]],
  ['the valid header twice', 400, (key) => [`Authorization: Bearer ${key}`, `Authorization: Bearer ${key}`]],
  ['another header', 401, (key) => [`X-Api-Key: ${key}`, `Cookie: authorization=Bearer ${key}`]],
  ['a header of a proxy', 401, (key) => [`Proxy-Authorization: Bearer ${key}`]],
  ['a zero character behind the key', 400, (key) => [`Authorization: Bearer ${key}\0`]],
  ['a zero character in the key', 400, (key) => [`Authorization: Bearer ${key.slice(0, 9)}\0${key.slice(9)}`]],
  ['a folded line', 400, (key) => ['Authorization: Bearer', ` ${key}\u0001`]],
  ['a very long key', 401, (key) => [`Authorization: Bearer ${key.repeat(100)}`]],
  ['a header beyond the bound', 431, (key) => [`Authorization: Bearer ${key.repeat(400)}`]],
  ['a look-alike letter', 401, (key) => [Buffer.from(`Authorization: Bearer ${HOMOGRAPH.h}${key.slice(1)}`)]],
  ['another one', 401, (key) => [Buffer.from(`Authorization: Bearer ${key.replace('k', HOMOGRAPH.k)}`)]],
  ['wide letters', 401, (key) => [Buffer.from(`Authorization: Bearer ${key.replace('hk', 'ｈｋ')}`)]],
  ['what looks like a JWT', 401, () => [`Authorization: Bearer ${jwt()}`]],
  ['the hash of the key', 401, (key) => [`Authorization: Bearer ${sha256(key)}`]],
  ['a key made of the hash', 401, (key) => [`Authorization: Bearer hk_${sha256(key).slice(0, 48)}`]],
  ['the key without its last character', 401, (key) => [`Authorization: Bearer ${key.slice(0, -1)}`]],
  ['the key and one more character', 401, (key) => [`Authorization: Bearer ${key}0`]],
  ['the key without its prefix', 401, (key) => [`Authorization: Bearer ${key.slice(3)}`]],
  ['the prefix alone', 401, () => ['Authorization: Bearer hk_']],
  ['a wildcard', 401, () => ['Authorization: Bearer hk_%']],
  [
    "the beginning of the platform's key",
    401,
    () => [`Authorization: Bearer ${world.stack.run.adminKey.slice(0, -1)}`],
  ],
];

describe('what is no valid key lets nobody in', () => {
  it.each(TRICKS)('%s: %i', async (_name, status, headersOf) => {
    const lines = headersOf(world.keys.admin);
    for (const service of SERVICES) expect(await rawStatus(urlOf(service), ROUTES[service], lines)).toBe(status);
    expect(await rawStatus(world.stack.run.baseUrl, ROUTES.config, lines)).toBe(status);
  });

  it.each(['key', 'api_key', 'access_token', 'authorization', 'token'])('nor the key as parameter %s', async (name) => {
    const line = `GET /v1/event-log?${name}=${world.keys.admin}`;
    expect(await rawStatus(world.stack.run.baseUrl, line, [])).toBe(401);
  });

  it.each([
    ["another tenant's header", 403, () => [`Hookstile-Tenant: ${world.otherTenantId}`]],
    ['two tenants in two headers', 400, () => [`Hookstile-Tenant: ${world.tenantId}`, 'Hookstile-Tenant: x']],
    ['an empty tenant', 400, () => ['Hookstile-Tenant:']],
  ])('nor a valid one with %s', async (_name, status, headersOf) => {
    const lines = [`Authorization: Bearer ${world.keys.admin}`, ...headersOf()];
    expect(await rawStatus(world.stack.run.baseUrl, ROUTES.config, lines)).toBe(status);
  });

  it.each([
    ['in lower case', 'authorization: bearer '],
    ['in capitals', 'AUTHORIZATION: BEARER '],
    ['with spaces around', 'Authorization:   Bearer   '],
  ])('while header and scheme are taken %s', async (_name, before) => {
    const lines = [`${before}${world.keys.admin}  `];
    expect(await rawStatus(world.stack.run.baseUrl, ROUTES.config, lines)).toBe(200);
  });
});
