import { connect } from 'node:net';
import { until } from '@hookstile/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoundedConnections } from './bounded-connections.js';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';
import { RawClient } from './raw-client.fake.js';

/** More than the sockets of both sides hold. */
const LARGE_BYTES = 50 * 1024 * 1024;

const BOUNDS = {
  ...HTTP_BOUNDS,
  headersTimeoutMs: 150,
  requestTimeoutMs: 150,
  overdueCheckIntervalMs: 30,
  closeTimeoutMs: 100,
  stalledTimeoutMs: 300,
  pipelinedMax: 2,
};

describe('the HTTP server', () => {
  let instance: FastifyInstance;
  let port: number;
  let served: PromiseWithResolvers<void>;
  let answered: PromiseWithResolvers<string>;
  let connections: BoundedConnections;

  beforeEach(async () => {
    served = Promise.withResolvers();
    answered = Promise.withResolvers();
    const created = createHttpServer({ rawBodyRoutes: ['/raw'] }, pino({ level: 'silent' }), BOUNDS);
    connections = created.connections;
    instance = created.adapter.getInstance<FastifyInstance>();
    instance.post('/raw', (_request, reply) => reply.send('ok'));
    instance.get('/hangs', () => {
      served.resolve();
      return new Promise(() => {});
    });
    instance.get('/later', () => {
      served.resolve();
      return answered.promise;
    });
    instance.get('/large', (_request, reply) => reply.send('x'.repeat(LARGE_BYTES)));
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

  it('answers a connection that asks for too much at once, but does not serve it', async () => {
    const client = new RawClient(port).write('GET /later HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3));
    await served.promise;
    answered.resolve('well');
    expect(await client.answered(3)).toEqual([200, 200, 429]);
    client.destroy();
  });

  it('cuts a caller who takes nothing of his answer', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n'));
    socket.on('error', () => undefined);
    await until(() => connections.count === 1);
    await until(() => connections.count === 0, { what: 'the end of the connection' });
    socket.destroy();
  });

  it('gives a slow body more time than slow headers', () => {
    expect(HTTP_BOUNDS.requestTimeoutMs).toBeGreaterThan(HTTP_BOUNDS.headersTimeoutMs);
  });

  it('keeps no connection that wanted a tunnel, though its client leaves it half open', async () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    client.on('data', (chunk) => {
      text += chunk;
    });
    client.on('error', () => undefined);
    client.write('CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => text.includes('"code":"method_not_allowed"'), { what: 'an answer' });
    await until(() => connections.count === 0, { what: 'the end of the connection' });
    client.destroy();
  });
});
