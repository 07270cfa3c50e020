import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface ForwardProxyOptions {
  kind: 'http' | 'socks5';
  /** For a proxy that is itself spoken to over TLS. */
  tls?: Pick<ServerOptions, 'cert' | 'key'>;
  credentials?: { username: string; password: string };
  /** What it does instead of connecting: HTTP's status, SOCKS5's reply, a word that is no protocol's, or nothing at all. */
  instead?: number | 'garbage' | 'silence' | 'close';
  /** Where names lead, as if it resolved them. */
  names?: Readonly<Record<string, string>>;
}

export interface ForwardProxy {
  readonly port: number;
  /** `host:port` of each request, as it was asked for. */
  readonly asked: readonly string[];
  /** Connections that were made to it. */
  readonly connections: number;
  close(): Promise<void>;
}

const GARBAGE = 'Nobody speaks this.\r\n';

/** A proxy on loopback that notes what it is asked for. */
export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const reach = (host: string, port: number): Promise<Socket> => {
    asked.push(`${host}:${port}`);
    const upstream = connect({ host: options.names?.[host] ?? host, port });
    sockets.add(upstream);
    return new Promise((resolve, reject) => upstream.once('connect', () => resolve(upstream)).on('error', reject));
  };
  const server = options.kind === 'http' ? httpProxy(options, reach) : socks5Proxy(options, reach);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

type Reach = (host: string, port: number) => Promise<Socket>;

function join(client: Socket, upstream: Socket): void {
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  client.pipe(upstream).pipe(client);
}

function httpProxy({ tls, credentials, instead }: ForwardProxyOptions, reach: Reach): Server {
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  // What would be a request to forward: none is ever taken for one.
  server.on('request', (_request, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    client.on('error', () => undefined);
    const end = (status: number) => client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    if (credentials) {
      const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      if (headers['proxy-authorization'] !== `Basic ${basic}`) return void end(407);
    }
    if (instead === 'silence') return;
    if (instead === 'close') return void client.destroy();
    if (instead === 'garbage') return void client.end(GARBAGE);
    const { hostname, port } = new URL(`tcp://${url}`);
    if (instead !== undefined) return void end(instead);
    reach(hostname.replace(/^\[|\]$/g, ''), Number(port)).then(
      (upstream) => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        join(client, upstream);
      },
      () => end(502),
    );
  });
  return server;
}

function socks5Proxy({ credentials, instead }: ForwardProxyOptions, reach: Reach): Server {
  return createServer((client) => {
    converse(client, credentials, instead, reach).catch(() => client.destroy());
  });
}

async function converse(
  client: Socket,
  credentials: ForwardProxyOptions['credentials'],
  instead: ForwardProxyOptions['instead'],
  reach: Reach,
): Promise<void> {
  const bytes = client.on('error', () => undefined).iterator({ destroyOnReturn: false });
  let waiting = Buffer.alloc(0);
  const take = async (count: number): Promise<Buffer> => {
    while (waiting.length < count) {
      const { value, done } = await bytes.next();
      if (done) throw new Error('the client has gone');
      waiting = Buffer.concat([waiting, value as Buffer]);
    }
    const taken = waiting.subarray(0, count);
    waiting = waiting.subarray(count);
    return taken;
  };
  const [, methods = 0] = await take(2);
  const offered = await take(methods);
  if (instead === 'silence') return;
  if (instead === 'close') return void client.destroy();
  if (instead === 'garbage') return void client.end(GARBAGE);
  if (credentials) {
    client.write(Uint8Array.of(5, offered.includes(2) ? 2 : 0xff));
    const [, nameBytes = 0] = await take(2);
    const username = (await take(nameBytes)).toString();
    const [passwordBytes = 0] = await take(1);
    const password = (await take(passwordBytes)).toString();
    const isRight = username === credentials.username && password === credentials.password;
    client.write(Uint8Array.of(1, isRight ? 0 : 1));
    if (!isRight) return void client.end();
  } else client.write(Uint8Array.of(5, 0));
  const [, , , kind = 0] = await take(4);
  const host = await hostOf(kind, take);
  const port = (await take(2)).readUInt16BE();
  const reply = (code: number) => client.write(Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
  if (typeof instead === 'number') return void (reply(instead) && client.end());
  const upstream = await reach(host, port).catch(() => null);
  if (!upstream) return void (reply(5) && client.end());
  // Else the iterator would go on taking what comes.
  await bytes.return?.();
  reply(0);
  join(client, upstream);
}

async function hostOf(kind: number, take: (count: number) => Promise<Buffer>): Promise<string> {
  if (kind === 1) return (await take(4)).join('.');
  if (kind === 3) return (await take((await take(1))[0] ?? 0)).toString();
  const groups = (await take(16)).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`tcp://[${groups.join(':')}]`).hostname.replace(/^\[|\]$/g, '');
}
