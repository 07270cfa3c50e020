import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';
import { RawClient } from './raw-client.fake.js';

const HIDDEN = 'GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n';
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

/**
 * Requests whose end is not the same for every reader, each with another one hidden where a second reader would begin.
 * A new shape is a new line. What this server takes for one request must never become two, nor two one.
 */
const SHAPES: readonly [string, string, number][] = [
  ['a length and chunks', `${POST}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['chunks and a length', `${POST}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['two lengths', `${POST}content-length: 0\r\ncontent-length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`, 400],
  ['the same length twice', `${POST}content-length: 0\r\ncontent-length: 0\r\n\r\n${HIDDEN}`, 400],
  ['a list of lengths', `${POST}content-length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`, 400],
  ['a length with a sign', `${POST}content-length: +0\r\n\r\n${HIDDEN}`, 400],
  ['a length in hex', `${POST}content-length: 0x0\r\n\r\n${HIDDEN}`, 400],
  ['a length with a space inside', `${POST}content-length: 1 0\r\n\r\n${HIDDEN}`, 400],
  ['an empty length', `${POST}content-length:\r\n\r\n${HIDDEN}`, 400],
  ['a space before the colon', `${POST}content-length : 0\r\n\r\n${HIDDEN}`, 400],
  ['a space before the colon of the encoding', `${POST}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['a tab before the colon', `${POST}transfer-encoding\t: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['a name with a zero', `${POST}content-length\0: 0\r\n\r\n${HIDDEN}`, 400],
  ['a folded length', `${POST}content-length:\r\n 0\r\n\r\n${HIDDEN}`, 400],
  ['a folded encoding', `${POST}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['a folded first line', `POST /raw HTTP/1.1\r\n content-length: 0\r\nhost: x\r\n\r\n${HIDDEN}`, 400],
  ['an encoding that is not the last', `${POST}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['an encoding that nobody knows', `${POST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['an encoding in quotes', `${POST}transfer-encoding: "chunked"\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['an encoding with a control character', `${POST}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['two encodings', `${POST}transfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['lines that end with LF alone', `POST /raw HTTP/1.1\nhost: x\ncontent-length: 0\n\n${HIDDEN}`, 400],
  ['a header that ends with LF alone', `${POST}x: y\ncontent-length: 0\r\n\r\n${HIDDEN}`, 400],
  ['a header that ends with CR alone', `${POST}x: y\rcontent-length: 0\r\n\r\n${HIDDEN}`, 400],
  ['a chunk size that ends with LF alone', `${POST}transfer-encoding: chunked\r\n\r\n0\n\r\n${HIDDEN}`, 400],
  ['a chunk that ends with LF alone', `${POST}transfer-encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n${HIDDEN}`, 400],
  ['a chunk size with a sign', `${POST}transfer-encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['a chunk size in hex with 0x', `${POST}transfer-encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['a chunk size that overflows', `${POST}transfer-encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\na\r\n${HIDDEN}`, 400],
  ['a chunk longer than it says', `${POST}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['chunks in HTTP/1.0', `POST /raw HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`, 400],
  ['no host', `POST /raw HTTP/1.1\r\ncontent-length: 0\r\n\r\n${HIDDEN}`, 400],
  ['two hosts', `${POST}Host: y\r\ncontent-length: 0\r\n\r\n${HIDDEN}`, 400],
  ['a line break in the address', `GET /raw\r\nx HTTP/1.1\r\nhost: x\r\n\r\n${HIDDEN}`, 400],
  ['a space in the address', `GET /hidden x HTTP/1.1\r\nhost: x\r\n\r\n`, 400],
  ['a version that is none', `GET /hidden HTTP/9.9\r\nhost: x\r\n\r\n`, 400],
  ['a version of another protocol', `GET /hidden HTTP/2.0\r\nhost: x\r\n\r\n`, 400],
  ['no version', `GET /hidden\r\n\r\n`, 400],
  ['the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`, 400],
  ['a tunnel', `CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n${HIDDEN}`, 405],
  ['more headers than are looked at', `${POST}${'a: b\r\n'.repeat(250)}content-length: 0\r\n\r\n${HIDDEN}`, 431],
];

test.each(SHAPES)(
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

test('nonsense behind a request that is being served is not answered in its place, and is the end of the connection', async () => {
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
  const broken = new Promise((resolve) => other.server.once('clientError', resolve));
  client.write('NONSENSE\r\n\r\n');
  await broken;
  answer.resolve('well');
  await client.closed();
  expect(client.statuses).toEqual([200]);
  expect(client.text.endsWith('well')).toBe(true);
  await other.close();
});
