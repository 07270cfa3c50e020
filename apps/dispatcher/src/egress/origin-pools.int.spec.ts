import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startReceiver, until } from '@hookstile/testing';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { expect, test } from 'vitest';
import { egressUnderTest } from './egress.fake.js';
import { exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';
import { type TlsOptions, tlsOptionsOf } from './tls-options.js';

const egress = egressUnderTest();
const unverified = tlsOptionsOf({ verify: false, ca: null, clientCertificate: null, clientKey: null });

/** Answers once it is told to. */
async function heldServer(create: (listener: RequestListener) => Server) {
  const held: (() => void)[] = [];
  let connections = 0;
  const server = create((_, response) => void held.push(() => response.end()));
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('close', () => {
      connections -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  const cut = () => server.closeAllConnections();
  return { port, held, connections: () => connections, cut, close };
}

async function poolsAndServer() {
  const pools = new OriginPools((options) => egress.connectorFor(options));
  const server = await heldServer(createHttpServer);
  const request = { path: '/', method: 'POST', headers: [], body: Buffer.from('{}'), timeoutMs: 5_000 };
  const { signal } = new AbortController();
  const post = () =>
    exchange(pools.of(`http://127.0.0.1:${server.port}`, null), { ...request, signal, mayBegin: () => true });
  const answer = async () => (await until(() => server.held.shift(), { what: 'the request' }))();
  return { pools, server, post, answer };
}

const secured = await (await CertificateAuthority.create()).issue({ names: ['127.0.0.1'] });

test.each<[string, (listener: RequestListener) => Server, TlsOptions | null]>([
  ['http', createHttpServer, null],
  ['https', (listener) => createHttpsServer(secured, listener), unverified],
])(
  'the %s pool unused for longest makes room for another without cutting its attempts in flight',
  async (scheme, create, tls) => {
    const server = await heldServer(create);
    const pools = new OriginPools((options) => egress.connectorFor(options), {
      origins: 1,
      secured: 1,
    });
    const origin = `${scheme}://127.0.0.1:${server.port}`;
    const request = { path: '/', method: 'POST', headers: [], body: Buffer.from('{}'), timeoutMs: 5_000 };
    const signal = new AbortController().signal;
    const pending = exchange(pools.of(origin, tls), { ...request, signal, mayBegin: () => true });
    await until(() => server.held.length === 1, { what: 'the request' });
    pools.of(`${scheme}://127.0.0.1:1`, tls);
    expect(pools.size).toBe(1);
    for (const answer of server.held) answer();
    expect(await pending).toMatchObject({ answer: { status: 200 } });
    await until(() => server.connections() === 0, { what: 'the evicted pool to close its connection' });
    await pools.close();
    await server.close();
  },
);

test('keeps a pool an origin and TLS options, and one alone where plain HTTP makes them meaningless', async () => {
  const pools = new OriginPools((options) => egress.connectorFor(options));
  const verified = tlsOptionsOf({ ...unverified, verify: true, ca: secured.cert });
  expect(pools.of('https://127.0.0.1:1', unverified)).toBe(pools.of('https://127.0.0.1:1', { ...unverified }));
  expect(pools.of('https://127.0.0.1:1', unverified)).not.toBe(pools.of('https://127.0.0.1:1', verified));
  expect(pools.of('https://127.0.0.1:1', unverified)).not.toBe(pools.of('https://127.0.0.1:1', null));
  expect(pools.of('http://127.0.0.1:1', unverified)).toBe(pools.of('http://127.0.0.1:1', null));
  await pools.close();
});

test('keeps a pool while it connects, while a request runs, and while a connection rests', async () => {
  const { pools, server, post, answer } = await poolsAndServer();
  const posted = post();
  pools.sweep();
  expect(pools.size).toBe(1);
  await until(() => server.held.length === 1);
  pools.sweep();
  expect(pools.size).toBe(1);
  await answer();
  expect(await posted).toMatchObject({ answer: { status: 200 } });
  pools.sweep();
  expect(pools.size).toBe(1);
  await pools.close();
  await server.close();
});

test('lets a pool with TLS options go that nobody used for long, without cutting its attempt in flight', async () => {
  const server = await heldServer((listener) => createHttpsServer(secured, listener));
  const bounds = { securedIdleMaxMs: 50 };
  const pools = new OriginPools((options) => egress.connectorFor(options), bounds);
  const pool = pools.of(`https://127.0.0.1:${server.port}`, unverified);
  const request = { path: '/', method: 'POST', headers: [], body: Buffer.from('{}'), timeoutMs: 5_000 };
  const signal = new AbortController().signal;
  const pending = exchange(pool, { ...request, signal, mayBegin: () => true });
  await until(() => server.held.length === 1, { what: 'the request' });
  await until(() => pools.size === 0, { what: 'the pool to go by itself' });
  for (const answer of server.held) answer();
  expect(await pending).toMatchObject({ answer: { status: 200 } });
  await until(() => server.connections() === 0, { what: 'the pool to close its connection' });
  await pools.close();
  await server.close();
});

test('lets a pool go whose connections have ended, and makes it anew for the next request', async () => {
  const { pools, server, post, answer } = await poolsAndServer();
  const posted = post();
  await answer();
  await posted;
  server.cut();
  await until(() => {
    pools.sweep();
    return pools.size === 0;
  });
  const again = post();
  await answer();
  expect(await again).toMatchObject({ answer: { status: 200 } });
  await pools.close();
  await server.close();
});

test('closes idle connections of the origins unused for longest where there are too many in all', async () => {
  const receivers = await Promise.all(Array.from({ length: 8 }, () => startReceiver()));
  const pools = new OriginPools((tls) => egressUnderTest().connectorFor(tls), { connectionsInAll: 3 });
  const { signal } = new AbortController();
  const request = { path: '/', method: 'POST', headers: [], body: Buffer.from('{}'), timeoutMs: 5_000, signal };
  for (const { url } of receivers) {
    const answered = await exchange(pools.of(url, null), { ...request, mayBegin: () => true });
    expect(answered).toMatchObject({ answer: { status: 200 } });
    expect(pools.size).toBeLessThanOrEqual(4);
  }
  await until(() => pools.connections <= 3, { what: 'all but three to close' });
  expect(pools.connections).toBeGreaterThan(0);
  await pools.close();
  for (const receiver of receivers) await receiver.close();
});

test('lets the pool of an endpoint that refuses go by itself', async () => {
  const { pools, server, post } = await poolsAndServer();
  await server.close();
  expect(await post()).toMatchObject({ answer: null, error: 'connect' });
  await until(() => pools.size === 0);
  await pools.close();
});
