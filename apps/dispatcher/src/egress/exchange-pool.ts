import { type Client, Pool } from 'undici';
import { type Connect, ExchangeClient } from './exchange-client.js';
import { IDLE_CONNECTION_MAX_MS, RESPONSE_HEADERS_MAX_BYTES } from './response.bounds.js';

/** Connections to one origin for exchanges, behind the egress guard. */
export function exchangePool(origin: string, connections: number, connect: Connect): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: RESPONSE_HEADERS_MAX_BYTES,
    keepAliveMaxTimeout: IDLE_CONNECTION_MAX_MS,
    connect,
    factory: (url, options) => new ExchangeClient(url, options as Client.Options, connect),
    // An exchange has one overall deadline of its own; undici's timers are coarse (half a second) and cost more.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
