import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { until } from '@hookstile/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { egressUnderTest } from './egress.fake.js';
import { type ExchangeResult, exchange } from './exchange.js';
import type { Connect } from './exchange-client.js';
import { exchangePool } from './exchange-pool.js';

const CONNECTIONS = 2;
const { signal } = new AbortController();

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function poolWith(connect: Connect, origin = 'http://127.0.0.1:1') {
  const pool = exchangePool(origin, CONNECTIONS, connect);
  cleanups.push(() => pool.destroy());
  return pool;
}

function ask(pool: ReturnType<typeof poolWith>, timeoutMs: number): Promise<ExchangeResult> {
  const request = { path: '/', method: 'POST', headers: [], body: Buffer.alloc(100_000), timeoutMs, signal };
  return exchange(pool, { ...request, mayBegin: () => true });
}

/** Takes connections; what it says on them is up to the test. */
async function server(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onConnection(socket.resume());
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  return { port: (listening.address() as AddressInfo).port, sockets };
}

const connect = egressUnderTest().connectorFor(null);

describe('requests for which no connection comes', () => {
  it('leave nothing behind once their deadlines are over, however many there were', async () => {
    let begun = 0;
    let ended = 0;
    const pool = poolWith((options) => {
      begun += 1;
      options.signal?.addEventListener('abort', () => {
        ended += 1;
      });
    });
    const first = Array.from({ length: CONNECTIONS }, () => ask(pool, 300));
    const behind = Array.from({ length: 20 }, () => ask(pool, 50));
    for (const asked of [...behind, ...first]) expect(await asked).toMatchObject({ answer: null, error: 'timeout' });
    await until(() => pool.stats.size === 0 && ended === begun, { what: 'the pool to be empty' });
    // Nothing connects for who is gone.
    expect(begun).toBe(CONNECTIONS);
  });

  it('end a handshake that goes nowhere at the deadline', async () => {
    const { port, sockets } = await server(() => undefined);
    const pool = poolWith(connect, `https://127.0.0.1:${port}`);
    const asked = ask(pool, 200);
    await until(() => sockets.size === 1, { what: 'the connection' });
    expect(await asked).toMatchObject({ error: 'timeout' });
    await until(() => sockets.size === 0, { what: 'the connection to close' });
  });

  it('make no other one wait behind them', async () => {
    const { port, sockets } = await server((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    });
    let isAway = true;
    const pool = poolWith((options, callback) => {
      if (!isAway) connect(options, callback);
    }, `http://127.0.0.1:${port}`);
    const late = Array.from({ length: 10 }, () => ask(pool, 50));
    const patient = ask(pool, 10_000);
    isAway = false;
    await Promise.all(late);
    expect(await patient).toMatchObject({ answer: { status: 200 } });
    expect(sockets.size).toBe(1);
  });
});
