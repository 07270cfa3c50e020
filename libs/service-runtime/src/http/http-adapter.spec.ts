import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';

const BOUNDS = {
  ...HTTP_BOUNDS,
  headersTimeoutMs: 150,
  requestTimeoutMs: 150,
  overdueCheckIntervalMs: 30,
  closeTimeoutMs: 100,
};

describe('the HTTP server', () => {
  let instance: FastifyInstance;
  let port: number;
  let served: PromiseWithResolvers<void>;

  beforeEach(async () => {
    served = Promise.withResolvers();
    const { adapter } = createHttpServer({ rawBodyRoutes: ['/raw'] }, pino({ level: 'silent' }), BOUNDS);
    instance = adapter.getInstance<FastifyInstance>();
    instance.post('/raw', (_request, reply) => reply.send('ok'));
    instance.get('/hangs', () => {
      served.resolve();
      return new Promise(() => {});
    });
    await instance.listen({ port: 0, host: '127.0.0.1' });
    port = (instance.server.address() as { port: number }).port;
  });

  afterEach(() => instance.close());

  const send = (bytes: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    return promise;
  };

  it.each([
    ['headers', 'POST /raw HTTP/1.1\r\nhost: x\r\n'],
    ['a body', 'POST /raw HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345'],
  ])('answers 408 to %s that do not arrive in time', async (_name, bytes) => {
    const answer = await send(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('"code":"request_timeout"');
  });

  it('cuts a request that outlasts the close', async () => {
    const answer = send('GET /hangs HTTP/1.1\r\nhost: x\r\n\r\n');
    await served.promise;
    await instance.close();
    expect(await answer).toBe('');
  });

  it('gives a slow body more time than slow headers', () => {
    expect(HTTP_BOUNDS.requestTimeoutMs).toBeGreaterThan(HTTP_BOUNDS.headersTimeoutMs);
  });
});
