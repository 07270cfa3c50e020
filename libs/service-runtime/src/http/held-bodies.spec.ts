import { until } from '@hookstile/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';

const HELD_MAX_BYTES = 1_000;
const BODY = 'x'.repeat(600);

let instance: FastifyInstance;
let url: string;
let taken: PromiseWithResolvers<void>;
let answered: PromiseWithResolvers<void>;

beforeEach(async () => {
  taken = Promise.withResolvers();
  answered = Promise.withResolvers();
  const bounds = { ...HTTP_BOUNDS, heldBodiesMaxBytes: HELD_MAX_BYTES };
  const { adapter } = createHttpServer({ rawBodyRoutes: ['/raw', '/slow'] }, pino({ level: 'silent' }), bounds);
  instance = adapter.getInstance<FastifyInstance>();
  instance.post('/raw', (_request, reply) => reply.send('ok'));
  instance.get('/raw', (_request, reply) => reply.send('ok'));
  instance.post('/slow', async () => {
    taken.resolve();
    await answered.promise;
    return 'ok';
  });
  url = await instance.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => {
  answered.resolve();
  return instance.close();
});

const post = async (path: string, body: RequestInit['body'] = BODY): Promise<number> => {
  const response = await fetch(url + path, {
    method: 'POST',
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
  await response.text();
  return response.status;
};

const inChunks = () => new Blob([BODY.slice(300), BODY.slice(300)]).stream();

test('bodies are held together within their bound until they are answered, and what is above it is refused', async () => {
  const slow = post('/slow');
  await taken.promise;
  expect([await post('/raw'), await post('/raw', inChunks())]).toEqual([503, 503]);
  expect(await post('/raw', BODY.slice(300))).toBe(200);
  expect((await fetch(`${url}/raw`)).status).toBe(200);
  answered.resolve();
  expect(await slow).toBe(200);
  for (let n = 0; n < 5; n += 1) expect([await post('/raw'), await post('/raw', inChunks())]).toEqual([200, 200]);
});

test('a body whose connection breaks off is held no longer', async () => {
  const aborting = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const arrived = Promise.withResolvers<void>();
  instance.server.once('request', (request) => request.once('data', () => arrived.resolve()));
  const broken = fetch(`${url}/raw`, { method: 'POST', body: readable, duplex: 'half', signal: aborting.signal });
  await writable.getWriter().write(Buffer.from(BODY));
  await arrived.promise;
  expect(await post('/raw')).toBe(503);
  aborting.abort();
  await expect(broken).rejects.toThrow();
  await until(async () => (await post('/raw')) === 200, { what: 'the broken body is let go' });
});
