import type { Socket } from 'node:net';
import { until } from '@hookstile/testing';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthenticatedRequest, PRINCIPAL } from '../auth/access.js';
import { ANY_KEY } from '../auth/operations/operation.js';
import { ProblemError } from '../problems/problem.error.js';
import { admitBeforeBodies } from './admission-hook.js';
import { HTTP_BOUNDS } from './http.bounds.js';
import { createHttpServer } from './http-adapter.js';
import { RawClient } from './raw-client.fake.js';

const HELD_MAX_BYTES = 10_000;
const CONNECTIONS_MAX = 60;
const MEGABYTE = 1024 * 1024;

let instance: FastifyInstance;
let port: number;
let clients: RawClient[];
let bodies: number[];
let lookedUp: PromiseWithResolvers<void>;
let lookups: number;
let connections: Set<Socket>;

/** Lets in whoever says for which tenant, and where that takes a look, once it was had. */
async function admit(request: AuthenticatedRequest): Promise<void> {
  if (request.headers['x-look']) {
    lookups += 1;
    await lookedUp.promise;
  }
  const tenantId = request.headers['hookstile-tenant'];
  if (typeof tenantId !== 'string') throw new ProblemError('unauthorized', 'a valid key is needed');
  request[PRINCIPAL] = { type: 'platform', tenantId, role: 'platform', keyId: null, keyName: null };
}

beforeEach(async () => {
  clients = [];
  bodies = [];
  lookups = 0;
  connections = new Set();
  lookedUp = Promise.withResolvers();
  const bounds = { ...HTTP_BOUNDS, heldBodiesMaxBytes: HELD_MAX_BYTES, heldBodiesOfTenantMaxBytes: HELD_MAX_BYTES / 2 };
  const { adapter, filter } = createHttpServer(
    { rawBodyRoutes: ['/raw'], bodyMaxBytes: { '/raw': 2 * MEGABYTE } },
    pino({ level: 'silent' }),
    { ...bounds, bodiesArrivingOfTenantMax: 2, connectionsMax: CONNECTIONS_MAX },
  );
  instance = adapter.getInstance<FastifyInstance>();
  instance.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
  admitBeforeBodies(instance, filter, admit);
  instance.post('/raw', { config: { access: ANY_KEY } }, (request, reply) => {
    bodies.push((request.body as Buffer).length);
    reply.send('ok');
  });
  instance.post('/forgotten', (_request, reply) => reply.send('ok'));
  instance.server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await instance.listen({ port: 0, host: '127.0.0.1' });
  port = (instance.server.address() as { port: number }).port;
});

afterEach(() => {
  for (const client of clients) client.destroy();
  return instance.close();
});

function open(): RawClient {
  const client = new RawClient(port);
  clients.push(client);
  return client;
}

const head = (path: string, length: number, ...more: string[]) =>
  [`POST ${path} HTTP/1.1`, 'host: x', `content-length: ${length}`, ...more, '', ''].join('\r\n');
const OF_A_TENANT = 'hookstile-tenant: ten_1';
const OF_ANOTHER = 'hookstile-tenant: ten_2';

describe('a caller who is not let in', () => {
  it.each([
    ['without a key', '/raw', 401],
    ['on a route that does not exist', '/nothing', 404],
    ['on a route that names no access', '/forgotten', 403],
  ])('%s is answered before a byte of the body has come', async (_name, path, status) => {
    expect(await open().write(head(path, MEGABYTE)).answered()).toEqual([status]);
  });

  it('holds nothing of the memory for bodies, however many come', async () => {
    const strangers = Array.from({ length: 50 }, () => open().write(head('/raw', MEGABYTE) + 'x'.repeat(5_000)));
    for (const stranger of strangers) expect(await stranger.answered()).toEqual([401]);
    const body = 'x'.repeat(HELD_MAX_BYTES / 2);
    expect(
      await open()
        .write(head('/raw', body.length, OF_A_TENANT) + body)
        .answered(),
    ).toEqual([200]);
    expect(bodies).toEqual([body.length]);
  });

  it('reads the answer although it goes on writing, and is not reset', async () => {
    const stranger = open().write(head('/raw', MEGABYTE));
    await stranger.answered();
    await stranger.write(Buffer.alloc(MEGABYTE)).closed();
    expect([stranger.statuses, stranger.errorCode]).toEqual([[401], null]);
    expect(stranger.text).toContain('"code":"unauthorized"');
  });

  it('keeps no other out with a body that is only read to be thrown away', async () => {
    const strangers = Array.from({ length: CONNECTIONS_MAX }, () => open().write(head('/raw', MEGABYTE)));
    for (const stranger of strangers) expect(await stranger.answered()).toEqual([401]);
    const caller = open().write(`${head('/raw', 4, OF_A_TENANT)}body`);
    await until(() => caller.isClosed || caller.statuses.length > 0, { what: 'an answer, or none' });
    expect(caller.statuses).toEqual([200]);
  });

  it('keeps the connection where the body came with its head', async () => {
    const stranger = open().write(`${head('/raw', 4)}body`);
    await stranger.answered();
    expect(await stranger.write(`${head('/raw', 4)}body`).answered(2)).toEqual([401, 401]);
  });

  it('is not told to continue', async () => {
    expect(
      await open()
        .write(head('/raw', 4, 'expect: 100-continue'))
        .answered(),
    ).toEqual([401]);
  });
});

describe('a caller who is let in', () => {
  it('is told to continue, and served', async () => {
    const caller = open().write(head('/raw', 4, OF_A_TENANT, 'expect: 100-continue'));
    expect(await caller.answered()).toEqual([100]);
    expect(await caller.write('body').answered(2)).toEqual([100, 200]);
  });

  it('gets a problem for an expectation that nobody knows', async () => {
    const caller = open().write(head('/raw', 4, OF_A_TENANT, 'expect: a-cup-of-tea'));
    expect(await caller.answered()).toEqual([417]);
    expect(caller.text).toContain('"code":"expectation_failed"');
  });
});

describe('a tenant that sends slowly', () => {
  const slowly = (tenant: string, bytes: number) =>
    open()
      .write(head('/raw', 2 * bytes, tenant))
      .write('x'.repeat(bytes));
  const atOnce = (tenant: string, bytes = 4) =>
    open()
      .write(head('/raw', bytes, tenant) + 'x'.repeat(bytes))
      .answered();

  it('may have so many bodies on their way, and holds up no other tenant', async () => {
    const slow = [slowly(OF_A_TENANT, 100), slowly(OF_A_TENANT, 100)];
    const third = open().write(head('/raw', 4_000, OF_A_TENANT));
    expect(await third.answered()).toEqual([429]);
    expect(third.text).toContain('retry-after: 1\r\n');
    expect(third.text).toContain('"code":"rate_limited"');
    expect(await atOnce(OF_A_TENANT), 'a body that comes at once').toEqual([200]);
    expect(
      await open()
        .write(head('/raw', 4, OF_ANOTHER))
        .write('body')
        .answered(),
    ).toEqual([200]);
    for (const caller of slow) expect(await caller.write('x'.repeat(100)).answered()).toEqual([200]);
    expect(
      await open()
        .write(head('/raw', 4, OF_A_TENANT))
        .write('body')
        .answered(),
    ).toEqual([200]);
  });

  it('has no body on its way whose connection ended while its key was looked up', async () => {
    const gone = [1, 2, 3].map(() => open().write(head('/raw', 100, OF_A_TENANT, 'x-look: yes')));
    await until(() => lookups === gone.length, { what: 'the keys are looked up' });
    const closed = [...connections].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const caller of gone) caller.destroy();
    await Promise.all(closed);
    lookedUp.resolve();
    expect(await slowly(OF_A_TENANT, 100).write('x'.repeat(100)).answered()).toEqual([200]);
  });

  it('may hold so many bytes, and holds up no other tenant', async () => {
    const half = HELD_MAX_BYTES / 4;
    const slow = [slowly(OF_A_TENANT, half), slowly(OF_A_TENANT, half)];
    await until(async () => (await atOnce(OF_A_TENANT))[0] === 429, { what: 'the share is full' });
    expect(await atOnce(OF_ANOTHER, 4_000)).toEqual([200]);
    for (const caller of slow) caller.destroy();
    await until(async () => (await atOnce(OF_A_TENANT))[0] === 200, { what: 'room again' });
  });
});
