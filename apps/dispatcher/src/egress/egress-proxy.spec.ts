import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { type ForwardProxyOptions, startForwardProxy } from '@hookstile/testing/forward-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { egressUnderTest } from './egress.fake.js';
import type { EgressSettings } from './egress.js';
import { type ExchangeResult, exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';
import type { ResolveName } from './resolve-once.js';
import { type TlsOptions, tlsOptionsOf } from './tls-options.js';

/** Stands for a public address. */
const PUBLIC_ADDRESS = '127.0.0.2';
const CREDENTIALS = { username: 'ho:ok@', password: 'pa%ss wörd' };
const IN_URL = `${encodeURIComponent(CREDENTIALS.username)}:${encodeURIComponent(CREDENTIALS.password)}@`;

const authority = await CertificateAuthority.create();
const certificate = await authority.issue({ names: ['hook.example.com'] });
const proxyCertificate = await authority.issue({ names: ['127.0.0.1'] });
const trusting = tlsOptionsOf({ verify: true, ca: authority.cert, clientCertificate: null, clientKey: null });

const cleanups: (() => unknown)[] = [];
let plain: Server;
let secured: Server;
const hosts: (string | undefined)[] = [];
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  const listener: RequestListener = ({ headers }, response) => {
    hosts.push(headers.host);
    response.end('ok');
  };
  plain = createServer(listener);
  secured = createHttpsServer({ cert: certificate.cert, key: certificate.key }, listener);
  for (const server of [plain, secured]) {
    await new Promise<void>((resolve) => server.listen(0, PUBLIC_ADDRESS, resolve));
  }
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(() => {
  plain.close();
  secured.close();
});

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'evil.example.com': ['10.0.0.1'],
  'db.internal': ['10.0.0.1'],
  'second.example.com': ['::1', PUBLIC_ADDRESS],
  'third.example.com': ['::1', '127.0.0.3', PUBLIC_ADDRESS],
};
const resolve: ResolveName = async (name) => ADDRESSES[name] ?? [PUBLIC_ADDRESS];

async function world(
  options: ForwardProxyOptions,
  { inUrl = '', ...settings }: Partial<EgressSettings> & { inUrl?: string } = {},
) {
  const proxy = await startForwardProxy(options);
  const scheme = options.kind === 'socks5' ? 'socks5' : options.tls ? 'https' : 'http';
  const egress = egressUnderTest(
    {
      HOOKSTILE_EGRESS_ALLOW: [PUBLIC_ADDRESS],
      HOOKSTILE_EGRESS_PROXY: `${scheme}://${inUrl}127.0.0.1:${proxy.port}`,
      ...settings,
    },
    { resolve },
  );
  const pools = new OriginPools((tls) => egress.connectorFor(tls));
  cleanups.push(
    () => proxy.close(),
    () => pools.close(),
  );
  const post = (origin: string, tls: TlsOptions | null = null, timeoutMs = 10_000): Promise<ExchangeResult> =>
    exchange(pools.of(origin, tls), {
      path: '/hook',
      method: 'POST',
      headers: [],
      body: Buffer.from('{}'),
      timeoutMs,
      signal: new AbortController().signal,
      mayBegin: () => true,
    });
  return { proxy, post };
}

const KINDS = ['http', 'socks5'] as const;

describe.each(KINDS)('an egress proxy by %s', (kind) => {
  it('is asked for the checked address of plain HTTP, never for the name, and the endpoint for the name', async () => {
    const { proxy, post } = await world({ kind });
    expect(await post(`http://hook.example.com:${portOf(plain)}`)).toMatchObject({ answer: { status: 200 } });
    expect(proxy.asked).toEqual([`${PUBLIC_ADDRESS}:${portOf(plain)}`]);
    expect(hosts.at(-1)).toBe(`hook.example.com:${portOf(plain)}`);
  });

  it('carries TLS to the endpoint, whose name is checked, and keeps the connection', async () => {
    const { proxy, post } = await world({ kind });
    for (let i = 0; i < 5; i += 1) {
      expect(await post(`https://hook.example.com:${portOf(secured)}`, trusting)).toMatchObject({
        answer: { status: 200 },
      });
    }
    // undici opens a second connection while the first rests for a turn.
    expect(proxy.asked.length).toBeLessThanOrEqual(2);
    expect(new Set(proxy.asked)).toEqual(new Set([`${PUBLIC_ADDRESS}:${portOf(secured)}`]));
    expect(await post(`https://other.example.com:${portOf(secured)}`, trusting)).toMatchObject({ error: 'tls' });
  });

  it('is asked for the next address where it does not reach the first, and for no third', async () => {
    const port = portOf(plain);
    const allow = { HOOKSTILE_EGRESS_ALLOW: ['127.0.0.0/8', '::1'] };
    const { proxy, post } = await world({ kind }, allow);
    expect(await post(`http://second.example.com:${port}`)).toMatchObject({ answer: { status: 200 } });
    expect(proxy.asked).toEqual([`::1:${port}`, `${PUBLIC_ADDRESS}:${port}`]);
    expect(await post(`http://third.example.com:${port}`)).toMatchObject({ error: 'connect' });
    expect(proxy.asked.slice(2)).toEqual([`::1:${port}`, `127.0.0.3:${port}`]);
  });

  it('is not asked for anything that may not be reached', async () => {
    const { proxy, post } = await world({ kind });
    for (const origin of [
      'http://10.0.0.1',
      'http://[::1]',
      'http://evil.example.com',
      'http://db.internal',
      'http://9.9.9.9:25',
    ]) {
      expect(await post(origin)).toMatchObject({ error: 'blocked_address' });
    }
    expect(proxy.connections).toBe(0);
  });

  it('may be anywhere itself, and is no webhook', async () => {
    const { proxy, post } = await world({ kind }, { HOOKSTILE_EGRESS_ALLOW: ['127.0.0.0/8'] });
    expect(await post(`http://127.0.0.1:${proxy.port}`)).toMatchObject({ error: 'blocked_address' });
    expect(proxy.connections).toBe(0);
  });

  it('gets user name and password, decoded', async () => {
    const { post } = await world({ kind, credentials: CREDENTIALS }, { inUrl: IN_URL });
    expect(await post(`http://hook.example.com:${portOf(plain)}`)).toMatchObject({ answer: { status: 200 } });
  });

  it.each([
    ['its credentials are wrong', { credentials: CREDENTIALS }, 'user:wrong@', 'connect'],
    ['it wants credentials', { credentials: CREDENTIALS }, '', 'connect'],
    ['it forbids the host', { instead: kind === 'http' ? 403 : 2 }, '', 'blocked_address'],
    ['it reaches nothing', { instead: kind === 'http' ? 502 : 4 }, '', 'connect'],
    ['it speaks another protocol', { instead: 'garbage' }, '', 'connect'],
    ['it closes the connection', { instead: 'close' }, '', 'connect'],
  ] as const)('fails the attempt where %s, and tells nothing of the proxy', async (_, does, inUrl, error) => {
    const { proxy, post } = await world({ kind, ...does }, { inUrl });
    const result = await post(`http://hook.example.com:${portOf(plain)}`);
    expect(result).toMatchObject({ answer: null, error });
    expect(JSON.stringify(result)).toMatch(/egress proxy/);
    expect(JSON.stringify(result)).not.toMatch(new RegExp(`${proxy.port}|127.0.0.1|wrong`));
    expect(proxy.asked).toEqual([]);
  });

  it('that is silent holds the attempt no longer than its deadline', async () => {
    const { post } = await world({ kind, instead: 'silence' });
    expect(await post(`http://hook.example.com:${portOf(plain)}`, null, 200)).toMatchObject({ error: 'timeout' });
  });

  it('that is away fails the attempt', async () => {
    const { proxy, post } = await world({ kind });
    await proxy.close();
    expect(await post(`http://hook.example.com:${portOf(plain)}`)).toMatchObject({ error: 'connect' });
  });

  it('resolves names where it is told to; what needs no resolving is refused all the same', async () => {
    const names = { 'evil.example.com': PUBLIC_ADDRESS };
    const { proxy, post } = await world({ kind, names }, { HOOKSTILE_EGRESS_PROXY_RESOLVES: true });
    expect(await post(`http://evil.example.com:${portOf(plain)}`)).toMatchObject({ answer: { status: 200 } });
    expect(proxy.asked).toEqual([`evil.example.com:${portOf(plain)}`]);
    for (const origin of ['http://10.0.0.1', 'http://db.internal', 'http://kafka', 'http://evil.example.com:25']) {
      expect(await post(origin)).toMatchObject({ error: 'blocked_address' });
    }
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('an egress proxy by https', () => {
  const tls = { cert: proxyCertificate.cert, key: proxyCertificate.key };

  it('carries TLS inside TLS', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, authority.cert]);
    cleanups.push(() => setDefaultCACertificates(before));
    const { proxy, post } = await world({ kind: 'http', tls, credentials: CREDENTIALS }, { inUrl: IN_URL });
    const origin = `https://hook.example.com:${portOf(secured)}`;
    expect(await post(origin, trusting)).toMatchObject({ answer: { status: 200 } });
    expect(proxy.asked).toEqual([`${PUBLIC_ADDRESS}:${portOf(secured)}`]);
  });

  it('shows its own certificate, not that of the host that it is asked for', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, authority.cert]);
    cleanups.push(() => setDefaultCACertificates(before));
    const names = { 'hook.example.com': PUBLIC_ADDRESS };
    const { proxy, post } = await world({ kind: 'http', tls, names }, { HOOKSTILE_EGRESS_PROXY_RESOLVES: true });
    expect(await post(`http://hook.example.com:${portOf(plain)}`)).toMatchObject({ answer: { status: 200 } });
    expect(proxy.asked).toEqual([`hook.example.com:${portOf(plain)}`]);
  });

  it('gets no password where nobody vouches for it', async () => {
    const { proxy, post } = await world({ kind: 'http', tls, credentials: CREDENTIALS }, { inUrl: IN_URL });
    expect(await post(`http://hook.example.com:${portOf(plain)}`)).toMatchObject({ error: 'connect' });
    expect(proxy.asked).toEqual([]);
  });
});

describe('HOOKSTILE_EGRESS_PROXY', () => {
  it.each([
    ['ftp://127.0.0.1', 'must begin with http://, https:// or socks5://'],
    ['socks5h://127.0.0.1', 'must begin with http://, https:// or socks5://'],
    ['http://', 'cannot be read'],
    ['http://user:%zz@127.0.0.1', 'whose % is not that of an encoded character'],
    [`socks5://user:${'x'.repeat(256)}@127.0.0.1`, 'of more than 255 bytes'],
  ])('is refused without its value: %s', (setting, problem) => {
    const start = () => egressUnderTest({ HOOKSTILE_EGRESS_PROXY: setting });
    expect(start).toThrow(problem);
    expect(start).not.toThrow(/127\.0\.0\.1|%zz|xxx/);
  });

  it('is needed for HOOKSTILE_EGRESS_PROXY_RESOLVES', () => {
    expect(() => egressUnderTest({ HOOKSTILE_EGRESS_PROXY_RESOLVES: true })).toThrow('needs HOOKSTILE_EGRESS_PROXY');
  });
});
