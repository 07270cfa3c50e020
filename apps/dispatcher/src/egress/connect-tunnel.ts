import type { Socket } from 'node:net';
import { buildConnector, Client } from 'undici';
import { CONNECT_TIMEOUT_MS, PROXY_ANSWER_MAX_BYTES } from './egress.bounds.js';
import { blocked, EgressError } from './egress.error.js';
import type { EgressProxy } from './proxy-address.js';
import { authorityOf } from './url-authority.js';

const OK = 200;
const FORBIDDEN = 403;

/**
 * A tunnel by HTTP's CONNECT, for plain HTTP as well: a request that the proxy made itself would be to a name that it
 * resolves itself. The client is made for one tunnel, and gives its connection away with it.
 */
export async function connectTunnel(
  proxy: EgressProxy,
  host: string,
  port: number,
  givenUp?: AbortSignal,
): Promise<Socket> {
  const connect = buildConnector({ allowH2: false, timeout: CONNECT_TIMEOUT_MS });
  const client = new Client(`${proxy.protocol}//${authorityOf(proxy.host, proxy.port)}`, {
    // Without the server's name that undici takes from the Host header, which holds whom the tunnel is to lead to: the
    // certificate has to be the proxy's.
    connect: ({ servername: _, ...options }, callback) => connect(options, callback),
    maxHeaderSize: PROXY_ANSWER_MAX_BYTES,
    headersTimeout: CONNECT_TIMEOUT_MS,
  });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), CONNECT_TIMEOUT_MS);
  try {
    const path = authorityOf(host, port);
    const signal = givenUp ? AbortSignal.any([late.signal, givenUp]) : late.signal;
    const { statusCode, socket } = await client.connect({ path, headers: headersOf(proxy, path), signal });
    if (statusCode === OK) return socket as unknown as Socket;
    socket.on('error', () => undefined).destroy();
    throw refusal(statusCode);
  } catch (error) {
    if (error instanceof EgressError) throw error;
    if (late.signal.aborted) throw new EgressError('timeout', 'The egress proxy did not answer in time.');
    throw new EgressError('connect', 'The egress proxy could not be reached.');
  } finally {
    clearTimeout(timer);
    void client.destroy();
  }
}

function headersOf({ credentials }: EgressProxy, authority: string): Record<string, string> {
  if (!credentials) return { host: authority };
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return { host: authority, 'proxy-authorization': `Basic ${basic}` };
}

function refusal(status: number): EgressError {
  if (status === FORBIDDEN) return blocked('The egress proxy does not allow this host (403).');
  return new EgressError('connect', `The egress proxy made no connection (${status}).`);
}
