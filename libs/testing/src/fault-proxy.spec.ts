import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';
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

  it('holds a request before the server has it, until it is released', async () => {
    const client = open();
    const hold = proxy.hold({ what: 'request', isRequest: (bytes) => bytes.includes('append') });
    client.socket.write('append');
    const held = await hold;
    await quiet();
    expect({ received, request: held?.request.toString() }).toEqual({ received: '', request: 'append' });
    held?.release();
    await until(() => client.text() === '<append>');
  });

  it('holds an answer that the server has given, while other connections go on', async () => {
    const client = open();
    const other = open();
    const hold = proxy.hold({ what: 'answer', isRequest: (bytes) => bytes.includes('append') });
    client.socket.write('append');
    const held = await hold;
    other.socket.write('b');
    await until(() => other.text() === '<b>');
    expect({ received, text: client.text() }).toEqual({ received: 'appendb', text: '' });
    held?.release();
    await until(() => client.text() === '<append>');
  });

  it('never lets a request through that is dropped, or whose client has gone meanwhile', async () => {
    for (const end of ['drop', 'client gone'] as const) {
      const client = open();
      const hold = proxy.hold({ what: 'request', isRequest: () => true });
      client.socket.write(end);
      const held = await hold;
      if (end === 'drop') held?.drop();
      else client.socket.resetAndDestroy();
      await until(() => client.ended() !== null && proxy.connections === 0);
    }
    await quiet();
    expect(received).toBe('');
  });
});
