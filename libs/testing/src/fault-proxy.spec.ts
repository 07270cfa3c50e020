import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, isKafkaProduce, isPostgresCommit, startFaultProxy } from './fault-proxy.js';
import { until } from './until.js';

const QUIET_MS = 60;

interface Client {
  socket: Socket;
  text(): string;
  pieces(): number;
  ended(): string | null;
}

let server: Server;
let received: string;
let proxy: FaultProxy;
let sockets: Socket[];

function open(): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  let pieces = 0;
  let ended: string | null = null;
  socket.on('data', (bytes) => {
    text += bytes.toString();
    pieces += 1;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code ?? 'error';
  });
  socket.on('close', () => {
    ended ??= 'closed';
  });
  return { socket, text: () => text, pieces: () => pieces, ended: () => ended };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

beforeEach(async () => {
  received = '';
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += bytes.toString();
      socket.write(`<${bytes.toString()}>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  proxy = await startFaultProxy({ target: { host: '127.0.0.1', port } });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

describe('a fault proxy', () => {
  it('passes both directions, and an end of either', async () => {
    const client = open();
    client.socket.write('hello');
    await until(() => client.text() === '<hello>');
    client.socket.end();
    await until(() => client.ended() === 'closed' && proxy.connections === 0);
  });

  it('delays each piece', async () => {
    proxy.set({ latencyMs: 50 });
    const client = open();
    const sentAtMs = performance.now();
    client.socket.write('slow');
    await until(() => client.text() === '<slow>');
    expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(95);
  });

  it('cuts what passes into slices', async () => {
    proxy.set({ sliceBytes: 1, latencyMs: 2 });
    const client = open();
    client.socket.write('abcd');
    await until(() => received === 'abcd' && client.text().replaceAll(/[<>]/g, '') === 'abcd');
    expect(client.pieces()).toBeGreaterThan(4);
  });

  it('keeps what was open silent for good, and passes what comes after', async () => {
    const before = open();
    before.socket.write('a');
    await until(() => before.text() === '<a>');
    proxy.silence();
    before.socket.write('b');
    const after = open();
    after.socket.write('c');
    await until(() => after.text() === '<c>');
    proxy.heal();
    await quiet();
    expect([received, before.text(), before.ended()]).toEqual(['ac', '<a>', null]);
  });

  it('lets nothing pass while half-open, and goes on where it was', async () => {
    const client = open();
    client.socket.write('a');
    await until(() => client.text() === '<a>');
    proxy.set({ blackhole: true });
    client.socket.write('b');
    await quiet();
    expect({ received, ended: client.ended() }).toEqual({ received: 'a', ended: null });
    proxy.heal();
    await until(() => client.text() === '<a><b>');
  });

  it('resets what is open', async () => {
    const client = open();
    client.socket.write('a');
    await until(() => client.text() === '<a>');
    proxy.reset();
    await until(() => client.ended() === 'ECONNRESET');
    expect(proxy.connections).toBe(0);
  });

  it('resets what comes while it refuses', async () => {
    proxy.set({ refuse: true });
    const client = open();
    await until(() => client.ended() === 'ECONNRESET');
    proxy.heal();
    const next = open();
    next.socket.write('a');
    await until(() => next.text() === '<a>');
  });

  it('loses the answer to the one request that fits, after the server had it', async () => {
    const client = open();
    client.socket.write('other');
    await until(() => client.text() === '<other>');
    const lost = proxy.loseAnswerTo((bytes) => bytes.includes('append'));
    client.socket.write('append');
    expect(await lost).toBe(true);
    await until(() => client.ended() === 'ECONNRESET');
    expect({ received, text: client.text() }).toEqual({ received: 'otherappend', text: '<other>' });
    const next = open();
    next.socket.write('append');
    await until(() => next.text() === '<append>');
  });

  it('stops waiting for a request that does not come', async () => {
    const abort = new AbortController();
    const lost = proxy.loseAnswerTo(() => true, abort.signal);
    abort.abort();
    expect(await lost).toBe(false);
    const client = open();
    client.socket.write('a');
    await until(() => client.text() === '<a>');
  });
});

describe('requests by their bytes', () => {
  it('knows a produce request from others', () => {
    const frame = (apiKey: number) => Buffer.from([0, 0, 0, 9, 0, apiKey, 0, 3]);
    expect([isKafkaProduce(frame(0)), isKafkaProduce(frame(1)), isKafkaProduce(Buffer.alloc(3))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('knows a commit', () => {
    expect(isPostgresCommit(Buffer.from('Q\0\0\0\x0bCOMMIT\0'))).toBe(true);
    expect(isPostgresCommit(Buffer.from('Q\0\0\0\x0bSELECT\0'))).toBe(false);
  });
});
