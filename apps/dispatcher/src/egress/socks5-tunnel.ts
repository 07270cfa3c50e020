import { connect, isIP, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CONNECT_TIMEOUT_MS } from './egress.bounds.js';
import { blocked, EgressError } from './egress.error.js';
import type { EgressProxy } from './proxy-address.js';

/** RFC 1928 and, for a user name and password, RFC 1929. */
const VERSION = 5;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
const PASSWORD_VERSION = 1;
const COMMAND_CONNECT = 1;
const ADDRESS_V4 = 1;
const ADDRESS_NAME = 3;
const ADDRESS_V6 = 4;
const SUCCEEDED = 0;
const NOT_ALLOWED = 2;
const TTL_EXPIRED = 6;
const NAME_MAX_BYTES = 255;
const PORT_BYTES = 2;

const REASONS: Readonly<Record<number, string>> = {
  1: 'the proxy failed',
  3: 'the network cannot be reached',
  4: 'the host cannot be reached',
  5: 'the connection was refused',
  7: 'the proxy makes no connections',
  8: 'the proxy does not know this kind of address',
};

/** A tunnel by SOCKS5. */
export async function socks5Tunnel(
  proxy: EgressProxy,
  host: string,
  port: number,
  givenUp?: AbortSignal,
): Promise<Socket> {
  const socket = connect({
    host: proxy.host,
    port: proxy.port,
    noDelay: true,
    keepAlive: true,
    autoSelectFamily: true,
    ...(givenUp ? { signal: givenUp } : {}),
  });
  const timer = setTimeout(() => {
    socket.destroy(new EgressError('timeout', 'The egress proxy did not answer in time.'));
  }, CONNECT_TIMEOUT_MS);
  // Stays: what comes next has a listener of its own.
  socket.on('error', () => undefined);
  try {
    await authenticate(socket, proxy);
    await requestConnection(socket, host, port);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof EgressError ? error : new EgressError('connect', 'The egress proxy could not be reached.');
  } finally {
    clearTimeout(timer);
  }
}

async function authenticate(socket: Socket, { credentials }: EgressProxy): Promise<void> {
  const methods = credentials ? [METHOD_NONE, METHOD_PASSWORD] : [METHOD_NONE];
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
  const [version, method] = await readBytes(socket, 2);
  if (version !== VERSION) throw new EgressError('connect', 'The egress proxy does not speak SOCKS5.');
  if (method === METHOD_NONE) return;
  if (method !== METHOD_PASSWORD || !credentials) throw notAuthenticated();
  const [username, password] = [Buffer.from(credentials.username), Buffer.from(credentials.password)];
  socket.write(Uint8Array.of(PASSWORD_VERSION, username.length, ...username, password.length, ...password));
  const [, status] = await readBytes(socket, 2);
  if (status !== SUCCEEDED) throw notAuthenticated();
}

function notAuthenticated(): EgressError {
  return new EgressError('connect', 'The egress proxy does not accept its user name and password.');
}

async function requestConnection(socket: Socket, host: string, port: number): Promise<void> {
  socket.write(Uint8Array.of(VERSION, COMMAND_CONNECT, 0, ...addressBytes(host), port >> 8, port & 0xff));
  const [version, reply = -1, , kind] = await readBytes(socket, 4);
  if (version !== VERSION) throw new EgressError('connect', 'The egress proxy does not speak SOCKS5.');
  if (reply !== SUCCEEDED) throw refusal(reply);
  // What it is bound to: of no use here, but it has to be read.
  await readBytes(socket, (await boundBytes(socket, kind)) + PORT_BYTES);
}

async function boundBytes(socket: Socket, kind: number | undefined): Promise<number> {
  if (kind === ADDRESS_V4) return 4;
  if (kind === ADDRESS_V6) return 16;
  const [length = 0] = await readBytes(socket, 1);
  return length;
}

function addressBytes(host: string): number[] {
  if (isIP(host) !== 0) {
    const bytes = ipaddr.parse(host).toByteArray();
    return [bytes.length === 4 ? ADDRESS_V4 : ADDRESS_V6, ...bytes];
  }
  const name = Buffer.from(host);
  if (name.length > NAME_MAX_BYTES) throw new EgressError('dns', 'The host name is too long.');
  return [ADDRESS_NAME, name.length, ...name];
}

function refusal(reply: number): EgressError {
  if (reply === NOT_ALLOWED) return blocked('The egress proxy does not allow this host.');
  if (reply === TTL_EXPIRED) return new EgressError('timeout', 'The egress proxy could not connect in time.');
  return new EgressError('connect', `The egress proxy made no connection: ${REASONS[reply] ?? `reply ${reply}`}.`);
}

/** Exactly so many, and what comes behind them stays in the socket. */
function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const end = () => {
      socket.off('readable', onReadable).off('close', onClose);
    };
    const onReadable = () => {
      const bytes: Buffer | null = socket.read(count);
      if (bytes === null) return;
      end();
      if (bytes.length === count) resolve(bytes);
      else reject(new Error('the proxy closed the connection'));
    };
    const onClose = () => {
      end();
      reject(socket.errored ?? new Error('the proxy closed the connection'));
    };
    socket.on('readable', onReadable).on('close', onClose);
    if (socket.destroyed) onClose();
    else onReadable();
  });
}
