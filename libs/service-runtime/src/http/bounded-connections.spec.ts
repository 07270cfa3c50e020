import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { until } from '@hookstile/testing';
import { afterEach, expect, test } from 'vitest';
import { BoundedConnections } from './bounded-connections.js';

const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const HALF_A_HEAD = 'GET / HTTP/1.1\r\nhost: x\r\n';
const BOUNDS = { connectionsMax: 3, pipelinedMax: 2 };

let server: Server;
let clients: Client[] = [];
let closedForRoom = 0;

interface Client {
  socket: Socket;
  text: string;
  isClosed: boolean;
}

async function serve(listener: RequestListener): Promise<BoundedConnections> {
  server = createServer(listener).listen(0, '127.0.0.1');
  closedForRoom = 0;
  const connections = new BoundedConnections(server, BOUNDS, () => {
    closedForRoom += 1;
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return connections;
}

/** Connected, and seen by the server: connections are taken in the order of their coming. */
async function open(bytes = ''): Promise<Client> {
  const accepted = new Promise((resolve) => server.once('connection', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const client = { socket, text: '', isClosed: false };
  clients.push(client);
  socket.on('data', (chunk) => {
    client.text += chunk;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    client.isClosed = true;
  });
  await accepted;
  if (bytes !== '') socket.write(bytes);
  return client;
}

afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  clients = [];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answered = (client: Client) => until(() => client.text.includes('200 OK'), { what: 'an answer' });
const closed = (client: Client) => until(() => client.isClosed, { what: 'the end of a connection' });

test('at the bound a new connection takes the place of the one that has waited for longest', async () => {
  const connections = await serve((_request, response) => response.end('well'));
  const [idle, slow, busy] = [await open(), await open(HALF_A_HEAD), await open(REQUEST)];
  await answered(busy);
  const newcomer = await open(REQUEST);
  await answered(newcomer);
  await closed(idle);
  expect([slow.isClosed, busy.isClosed, connections.count]).toEqual([false, false, 3]);
  await answered(await open(REQUEST));
  await closed(slow);
  expect(closedForRoom).toBe(2);
});

test('a connection in use is the last to wait: it begins to anew with each answer', async () => {
  await serve((_request, response) => response.end('well'));
  const [used, idle] = [await open(REQUEST), await open()];
  await answered(used);
  used.text = '';
  used.socket.write(REQUEST);
  await answered(used);
  await open();
  await answered(await open(REQUEST));
  await closed(idle);
  expect(used.isClosed).toBe(false);
});

test('a connection that is served keeps its place, and where all are, a new one is closed', async () => {
  const waiting: (() => void)[] = [];
  const connections = await serve((_request, response) => waiting.push(() => response.end('well')));
  const served = [await open(REQUEST), await open(REQUEST), await open(REQUEST)];
  await until(() => waiting.length === 3);
  await closed(await open());
  expect(connections.count).toBe(3);
  for (const end of waiting) end();
  for (const client of served) await answered(client);
  const newcomer = await open();
  await closed(served[0] as Client);
  expect(newcomer.isClosed).toBe(false);
});

test('a connection is crowded by more requests at a time than it may serve, until they are answered', async () => {
  const crowded: boolean[] = [];
  const waiting: (() => void)[] = [];
  const connections = await serve((request, response) => {
    crowded.push(connections.isCrowded(request));
    waiting.push(() => response.end('well'));
  });
  const client = await open(REQUEST.repeat(3));
  await until(() => waiting.length === 3);
  expect(crowded).toEqual([false, false, true]);
  for (const end of waiting.splice(0)) end();
  await until(() => client.text.split('200 OK').length === 4);
  client.socket.write(REQUEST);
  await until(() => crowded.length === 4);
  expect(crowded[3]).toBe(false);
});
