import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { ADDRESSES_MAX, ADDRESSES_TRIED_MAX, CONNECT_TIMEOUT_MS } from './egress.bounds.js';
import { blocked, EgressError } from './egress.error.js';
import type { Destination, EgressPolicy } from './egress-policy.js';
import type { Connect, ConnectOptions } from './exchange-client.js';
import type { OpenConnection } from './open-connection.js';
import type { ResolveName } from './resolve-once.js';
import { DEFAULT_TLS, secureContextOf, type TlsOptions } from './tls-options.js';
import { portOf } from './url-authority.js';

/** Where connections may lead, and by which way. */
export interface EgressRoute {
  policy: EgressPolicy;
  /** Resolves once the policy knows what it has to. */
  ready(): Promise<void>;
  /** Null: the egress proxy resolves names. */
  resolve: ResolveName | null;
  open: OpenConnection;
}

/**
 * undici's connector behind the egress guard. Host and port are checked, then every address that the name resolves to; only
 * these are connected to, and whom a connection leads to is checked again. All of it happens before TLS begins.
 * Sessions that TLS resumes belong to the connector: with options of its own it resumes none of another's.
 */
export function guardedConnector(route: EgressRoute, tls: TlsOptions | null = null): Connect {
  const material = tls ?? DEFAULT_TLS;
  const secure = buildConnector({
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    // Made once: without it each connection would make one.
    secureContext: secureContextOf(material),
    rejectUnauthorized: material.verify,
  });
  return (options, callback) => {
    open(route, options).then(
      (socket) => {
        if (options.protocol === 'https:') {
          const secured = endOnError(secure({ ...options, httpSocket: socket }, callback) as unknown as Socket);
          options.signal?.addEventListener('abort', () => secured.destroy());
        } else callback(null, endOnError(socket));
      },
      (error: Error) => callback(error, null),
    );
  };
}

async function open(route: EgressRoute, options: ConnectOptions): Promise<Socket> {
  await route.ready();
  const { hostname, signal } = options;
  const port = portOf(options);
  const destination = route.policy.destinationOf(hostname, port);
  const hosts = await hostsOf(route, destination, hostname);
  signal?.throwIfAborted();
  return route.open({ hosts, port, destination, ...(signal ? { signal } : {}) });
}

async function hostsOf({ resolve }: EgressRoute, destination: Destination, name: string): Promise<readonly string[]> {
  if (destination.address !== null) return [destination.address];
  if (resolve === null) {
    if (destination.isPrivate) throw blocked('The host name is for use inside a network.');
    return [name];
  }
  const addresses = await resolve(name);
  if (addresses.length > ADDRESSES_MAX) {
    throw new EgressError('dns', `The host name has more than ${ADDRESSES_MAX} addresses.`);
  }
  // One that is blocked refuses the name: which of several is connected to is not ours to choose.
  for (const address of addresses) {
    const objection = destination.objectionTo(address);
    if (objection) throw objection;
  }
  if (addresses.length === 0) throw new EgressError('dns', 'The host name has no address.');
  return addresses.slice(0, ADDRESSES_TRIED_MAX);
}

/**
 * An alert that comes behind the handshake, as for a missing client certificate, only makes Node report an error: the end
 * of the stream would follow, and undici would say "other side closed".
 */
function endOnError(socket: Socket): Socket {
  return socket.on('error', (error) => socket.destroy(error));
}
