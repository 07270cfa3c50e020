import { ambiguousRequests, hiddenRequest } from '@hookstile/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';
import { RawClient } from './raw-client.fake.js';

const HIDDEN = hiddenRequest('/hidden');
const POST = 'POST /raw HTTP/1.1\r\nhost: x\r\n';

let instance: FastifyInstance;
let port: number;
let hits: string[] = [];
let client: RawClient | undefined;

beforeAll(async () => {
  const bounds = { ...HTTP_BOUNDS, headersTimeoutMs: 500, requestTimeoutMs: 500, overdueCheckIntervalMs: 50 };
  const { adapter } = createHttpServer({ rawBodyRoutes: ['/raw'] }, pino({ level: 'silent' }), bounds);
  instance = adapter.getInstance<FastifyInstance>();
  instance.post('/raw', (request, reply) => {
    hits.push(`raw ${request.body}`);
    reply.send('ok');
  });
  instance.get('/hidden', (_request, reply) => {
    hits.push('hidden');
    reply.send('hidden');
  });
  await instance.listen({ port: 0, host: '127.0.0.1' });
  port = (instance.server.address() as { port: number }).port;
});

afterEach(() => {
  client?.destroy();
  hits = [];
});

afterAll(() => instance.close());

test.each(ambiguousRequests('/raw', '/hidden'))(
  '%s is refused, and the connection is closed before what is hidden behind it',
  async (_name, bytes, status) => {
    client = new RawClient(port).write(bytes);
    await client.closed();
    expect(client.statuses).toEqual([status]);
    expect(client.text).toContain('content-type: application/problem+json');
    expect(hits).toEqual([]);
  },
);

test('a head that is refused hides nothing behind a body that is still to come', async () => {
  client = new RawClient(port).write(`POST /raw HTTP/1.1\r\ncontent-length: ${HIDDEN.length}\r\n\r\n`);
  await client.answered();
  await client.write(HIDDEN).closed();
  expect([client.statuses, hits]).toEqual([[400], []]);
});

test('what is the body of one request is nothing else', async () => {
  client = new RawClient(port).write(`${POST}content-length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`);
  expect(await client.answered()).toEqual([200]);
  expect(hits).toEqual([`raw ${HIDDEN}`]);
});

test('two requests in one write are answered in their order', async () => {
  client = new RawClient(port).write(`${POST}content-length: 1\r\n\r\na${HIDDEN}`);
  expect(await client.answered(2)).toEqual([200, 200]);
  expect(client.text.endsWith('hidden')).toBe(true);
});

test.each([
  ['nonsense', 'NONSENSE\r\n\r\n', 'clientError'],
  ['a wish for a tunnel', 'CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n', 'connect'],
])(
  '%s behind a request that is being served is not answered in its place, and is the end of the connection',
  async (_name, bytes, event) => {
    const served = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    const other = createHttpServer({}, pino({ level: 'silent' })).adapter.getInstance<FastifyInstance>();
    other.get('/slow', () => {
      served.resolve();
      return answer.promise;
    });
    await other.listen({ port: 0, host: '127.0.0.1' });
    client = new RawClient((other.server.address() as { port: number }).port);
    client.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
    await served.promise;
    const broken = new Promise((resolve) => other.server.once(event, resolve));
    client.write(bytes);
    await broken;
    answer.resolve('well');
    await client.closed();
    expect(client.statuses).toEqual([200]);
    expect(client.text.endsWith('well')).toBe(true);
    await other.close();
  },
);
