import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { egressUnderTest } from '../egress/egress.fake.js';
import type { ResolveName } from '../egress/resolve-once.js';
import { BODY_GRACE_MS, KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import { sealed } from '../request/sealed-fixture.js';
import type { AttemptMaker } from './attempt.types.js';
import { attemptInput, attemptMaker, TRACEPARENT } from './attempt-maker.fake.js';

const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

const cleanups: (() => Promise<unknown> | unknown)[] = [];
let receiver: Receiver;
let maker: AttemptMaker;

beforeEach(async () => {
  receiver = await startReceiver();
  maker = attemptMaker();
  cleanups.push(
    () => maker.close(),
    () => receiver.close(),
  );
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A TCP server that treats each connection as `onConnection` says. */
async function tcpServer(onConnection: (socket: Socket) => void): Promise<{ url: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
    onConnection(socket);
  });
  const url = `http://127.0.0.1:${await portOf(server)}/`;
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url, sockets };
}

/** Answers each request that has come with these bytes. */
const answering = (text: string) => tcpServer((socket) => socket.on('data', () => socket.write(text)));

/** A name service that answers with loopback only when it is told to. */
function heldNames(): { resolve: ResolveName; resolveName(): Promise<void> } {
  let answer: (() => void) | null = null;
  return {
    resolve: () =>
      new Promise((resolve) => {
        answer = () => resolve(['127.0.0.1']);
      }),
    resolveName: async () => (await until(() => answer, { what: 'the question' }))(),
  };
}

describe('a success', () => {
  test('sends what a receiver can verify and records it', async () => {
    const sign = { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret: sealed(SECRET) } as const;
    const outcome = await maker.make(attemptInput(`${receiver.url}/hook?a=b`, { sign, method: 'PUT' }));
    const [request] = await receiver.received('/hook?a=b', 1);
    expect(outcome).toMatchObject({ outcome: 'succeeded', httpStatus: 200, error: null, errorDetail: null });
    expect(outcome.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(request?.method).toBe('PUT');
    expect(request?.headers).toMatchObject({ traceparent: TRACEPARENT, 'user-agent': 'Hookstile/1.2.3' });
    new Webhook(SECRET).verify(String(request?.body), request?.headers as Record<string, string>);
    expect(outcome.request.body.equals(request?.body ?? Buffer.alloc(0))).toBe(true);
    expect(outcome.request).toMatchObject({ method: 'PUT', url: `${receiver.url}/hook?a=b`, truncated: false });
  });

  test('is any 2xx, with and without a body', async () => {
    receiver.answer('/hook', [{ status: 204 }, { status: 299, body: 'thanks', headers: { 'x-a': '1' } }]);
    expect(await maker.make(attemptInput(`${receiver.url}/hook`))).toMatchObject({
      outcome: 'succeeded',
      httpStatus: 204,
    });
    const second = await maker.make(attemptInput(`${receiver.url}/hook`));
    expect(second.response?.body.toString()).toBe('thanks');
    expect(second.response?.headers).toContainEqual(['x-a', '1']);
    expect(second.response?.truncated).toBe(false);
  });

  test('keeps the first 64 KiB of a huge body as it came, never inflated', async () => {
    const body = Buffer.alloc(300_000, 'z');
    receiver.answer('/hook', () => ({ body, headers: { 'content-encoding': 'gzip' } }));
    const outcome = await maker.make(attemptInput(`${receiver.url}/hook`));
    expect(outcome).toMatchObject({ outcome: 'succeeded', response: { truncated: true } });
    expect(outcome.response?.body.equals(body.subarray(0, KEPT_BODY_MAX_BYTES))).toBe(true);
  });

  test('does not wait for the end of an endless body, and gives up its connection', async () => {
    const server = await tcpServer((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin'));
    });
    const outcome = await maker.make(attemptInput(server.url));
    expect(outcome).toMatchObject({ outcome: 'succeeded', response: { truncated: true } });
    expect(outcome.durationMs).toBeLessThan(BODY_GRACE_MS * 3);
    await until(() => server.sockets.size === 0, { what: 'the connection to close' });
  });

  test('counts once the headers are in, though the connection breaks within the body', async () => {
    const server = await tcpServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin'));
    });
    expect(await maker.make(attemptInput(server.url))).toMatchObject({
      outcome: 'succeeded',
      response: { truncated: true },
    });
  });

  test('takes an interim answer for no answer', async () => {
    const server = await answering('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
    expect(await maker.make(attemptInput(server.url))).toMatchObject({ outcome: 'succeeded', httpStatus: 201 });
  });

  test('leaves the bodies out of the record where the integration logs no payloads', async () => {
    receiver.answer('/hook', () => ({ body: 'private' }));
    const input = attemptInput(`${receiver.url}/hook`);
    const settings = { ...input.integration.settings, logPayloads: 'none' as const };
    const outcome = await maker.make({ ...input, integration: { ...input.integration, settings } });
    expect(outcome.request.body).toHaveLength(0);
    expect(outcome.response?.body).toHaveLength(0);
    expect((await receiver.received('/hook', 1))[0]?.body.length).toBeGreaterThan(0);
  });
});

describe('a failure', () => {
  test.each([500, 410, 429])('is http_status where the endpoint answers %i', async (status) => {
    receiver.answer('/hook', () => ({ status, body: 'no', headers: { 'retry-after': '3' } }));
    const outcome = await maker.make(attemptInput(`${receiver.url}/hook`));
    expect(outcome).toMatchObject({ outcome: 'failed', error: 'http_status', httpStatus: status, retryAfterMs: 3_000 });
    expect(outcome.response?.body.toString()).toBe('no');
  });

  test('is redirect, and the redirect is not followed', async () => {
    receiver.answer('/hook', () => ({ status: 307, headers: { location: `${receiver.url}/other` } }));
    const outcome = await maker.make(attemptInput(`${receiver.url}/hook`));
    expect(outcome).toMatchObject({ outcome: 'failed', error: 'redirect', httpStatus: 307 });
    expect(receiver.on('/other')).toHaveLength(0);
  });

  test('is dns for a name that does not exist', async () => {
    const outcome = await maker.make(attemptInput('http://no-such-host.invalid/'));
    expect(outcome).toMatchObject({ outcome: 'failed', error: 'dns', httpStatus: null, retryable: true });
  });

  test('is connect where nothing listens', async () => {
    const server = createTcpServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const outcome = await maker.make(attemptInput(`http://127.0.0.1:${port}/`));
    expect(outcome).toMatchObject({ error: 'connect', errorDetail: 'No connection could be made (ECONNREFUSED).' });
  });

  test('is reset where the connection closes without an answer', async () => {
    receiver.answer('/hook', () => ({ reset: true }));
    expect(await maker.make(attemptInput(`${receiver.url}/hook`))).toMatchObject({ error: 'reset', response: null });
  });

  test('is timeout where no answer comes, and the connection is given up', async () => {
    const server = await tcpServer(() => undefined);
    const outcome = await maker.make(attemptInput(server.url, { timeoutMs: 100 }));
    expect(outcome).toMatchObject({ error: 'timeout', errorDetail: 'No answer came within 100 ms.' });
    expect(outcome.durationMs).toBeGreaterThanOrEqual(95);
    await until(() => server.sockets.size === 0, { what: 'the connection to close' });
  });

  test('is timeout where headers drip in for longer than the deadline', async () => {
    const server = await tcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-a: 1\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await maker.make(attemptInput(server.url, { timeoutMs: 150 }))).toMatchObject({ error: 'timeout' });
  });

  test('is timeout where the name is not resolved in time, and nothing is sent when it is later', async () => {
    const { resolve, resolveName } = heldNames();
    const slow = attemptMaker({ egress: egressUnderTest({}, { resolve }) });
    cleanups.push(() => slow.close());
    const url = `http://slow.example:${receiver.port}/hook`;
    expect(await slow.make(attemptInput(url, { timeoutMs: 100 }))).toMatchObject({ error: 'timeout' });
    await resolveName();
    expect((await slow.make(attemptInput(`${receiver.url}/later`))).outcome).toBe('succeeded');
    expect(receiver.on('/hook')).toHaveLength(0);
  });

  test('is tls where the endpoint speaks plain HTTP', async () => {
    const { error, errorDetail } = await maker.make(attemptInput(receiver.url.replace('http:', 'https:')));
    expect({ error, errorDetail }).toMatchObject({ error: 'tls', errorDetail: expect.stringContaining('speak TLS') });
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${'x-a: 0123456789\r\n'.repeat(2_000)}`],
  ])('is response_invalid for %s', async (_, text) => {
    const server = await answering(text);
    const { error, errorDetail } = await maker.make(attemptInput(server.url));
    expect({ error, errorDetail }).toMatchObject({ error: 'response_invalid' });
  });

  test('is aborted when the signal fires in mid-flight, and the connection is given up', async () => {
    const server = await tcpServer(() => undefined);
    const controller = new AbortController();
    const pending = maker.make(attemptInput(server.url, {}, { signal: controller.signal }));
    await until(() => server.sockets.size === 1);
    controller.abort();
    expect(await pending).toMatchObject({ outcome: 'failed', error: 'aborted', retryable: true });
    await until(() => server.sockets.size === 0, { what: 'the connection to close' });
  });

  test('is aborted, and nothing is sent, when the signal had fired before', async () => {
    expect(await maker.make(attemptInput(`${receiver.url}/hook`, {}, { signal: AbortSignal.abort() }))).toMatchObject({
      error: 'aborted',
    });
    expect(receiver.requests).toHaveLength(0);
  });

  test('is aborted, and nothing is sent, when the right to send is gone by the time it would be written', async () => {
    const before = receiver.on('/too-late').length;
    expect(await maker.make(attemptInput(`${receiver.url}/too-late`, {}, { mayBegin: () => false }))).toMatchObject({
      outcome: 'failed',
      error: 'aborted',
    });
    expect(receiver.on('/too-late').length).toBe(before);
  });

  test('is aborted, and nothing is sent, when the signal fires while the name is resolved', async () => {
    const { resolve, resolveName } = heldNames();
    const held = attemptMaker({ egress: egressUnderTest({}, { resolve }) });
    cleanups.push(() => held.close());
    const controller = new AbortController();
    const url = `http://held.example:${receiver.port}/hook`;
    const pending = held.make(attemptInput(url, {}, { signal: controller.signal }));
    controller.abort();
    await resolveName();
    expect(await pending).toMatchObject({ error: 'aborted' });
    expect((await held.make(attemptInput(`${receiver.url}/later`))).outcome).toBe('succeeded');
    expect(receiver.on('/hook')).toHaveLength(0);
  });

  test('is request_unbuildable, not retryable, and nothing is sent', async () => {
    const headers = { 'X-Bad': sealed('a\nb') };
    const outcome = await maker.make(attemptInput(`${receiver.url}/hook`, { headers }));
    expect(outcome).toMatchObject({ error: 'request_unbuildable', retryable: false, response: null });
    expect(receiver.requests).toHaveLength(0);
  });

  test('does not record the credentials of a refused URL', async () => {
    const outcome = await maker.make(attemptInput('https://user:s3cret@example.com/'));
    expect(outcome.request.url).toBe('https://***@example.com/');
  });
});

describe('the egress guard', () => {
  /** Whether a connection was so much as begun. */
  async function countingServer() {
    const counts = { connections: 0 };
    const server = createTcpServer((socket) => {
      counts.connections += 1;
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '::', resolve));
    cleanups.push(() => void server.close());
    return { counts, port: (server.address() as AddressInfo).port };
  }

  test.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:7f00:1]', '[::1]', 'localhost'])(
    'blocks http://%s, and nothing connects',
    async (host) => {
      const guarded = attemptMaker({ egress: egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: [] }) });
      cleanups.push(() => guarded.close());
      const { counts, port } = await countingServer();
      const outcome = await guarded.make(attemptInput(`http://${host}:${port}/hook`));
      expect(outcome).toMatchObject({ outcome: 'failed', error: 'blocked_address' });
      expect(counts.connections).toBe(0);
    },
  );

  test('blocks a public name that resolves to loopback, also beside a public address', async () => {
    const { counts, port } = await countingServer();
    const resolve = async () => ['127.0.0.1', '93.184.215.14'];
    const guarded = attemptMaker({ egress: egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: [] }, { resolve }) });
    cleanups.push(() => guarded.close());
    const outcome = await guarded.make(attemptInput(`http://rebind.example:${port}/hook`));
    expect(outcome).toMatchObject({ error: 'blocked_address' });
    expect(outcome.errorDetail).toContain('is not public (loopback)');
    expect(outcome.errorDetail).not.toContain('127.0.0.1');
    expect(counts.connections).toBe(0);
  });

  test('blocks the link-local metadata address even where loopback is allowed', async () => {
    expect(await maker.make(attemptInput('http://169.254.169.254/latest'))).toMatchObject({ error: 'blocked_address' });
  });
});

describe('connections', () => {
  test('are kept and used again, beside a second one while the first rests for a turn', async () => {
    const ports = new Set<number | undefined>();
    const server = await tcpServer((socket) => {
      ports.add(socket.remotePort);
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
    });
    for (let i = 0; i < 20; i += 1) expect((await maker.make(attemptInput(server.url))).outcome).toBe('succeeded');
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test('that are slow hold up no other origin', async () => {
    const hung = await tcpServer(() => undefined);
    const stopping = new AbortController();
    let ended = 0;
    const stuck = Array.from({ length: 64 }, async () => {
      const outcome = await maker.make({ ...attemptInput(hung.url), signal: stopping.signal });
      ended += 1;
      return outcome;
    });
    expect(await maker.make(attemptInput(`${receiver.url}/hook`))).toMatchObject({ outcome: 'succeeded' });
    expect(ended).toBe(0);
    stopping.abort();
    expect((await Promise.all(stuck)).every(({ error }) => error === 'aborted')).toBe(true);
  });
});
