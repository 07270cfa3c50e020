import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { BlockedAddressError } from './blocked-address.error.js';
import { type LookupAll, lookupOnce } from './lookup-once.js';
import { secureContextOf, type TlsOptions } from './tls-options.js';

/** A connection that is not up by then is given up; an attempt's own deadline is usually shorter. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** One for the whole process, for its threads are. */
const processLookup = lookupOnce(systemLookup);

function guardedLookup(policy: AddressPolicy, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      try {
        // One blocked address refuses the name: which of several is connected to is not ours to choose.
        for (const { address } of addresses) policy.assertAllowed(address);
      } catch (blocked) {
        return callback(blocked as NodeJS.ErrnoException, '');
      }
      const [first] = addresses;
      if (!first) return callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '');
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** Node does not resolve IP literals, so that a lookup alone would let them through. */
function assertAllowedLiteral(policy: AddressPolicy, hostname: string): void {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (ipaddr.isValid(bare)) policy.assertAllowed(bare);
}

function blockOf(policy: AddressPolicy, socket: Socket): Error | null {
  try {
    policy.assertAllowed(socket.remoteAddress ?? '');
    return null;
  } catch (error) {
    return error instanceof BlockedAddressError ? error : new BlockedAddressError(`${socket.remoteAddress}`, 'unknown');
  }
}

/**
 * undici's connector behind the egress guard: the literal, every resolved address and the connected peer are checked.
 * The peer's check happens before TLS begins, thus before a byte of ours is sent.
 * Sessions that TLS resumes belong to the connector: with options of its own it resumes none of another's.
 */
export function guardedConnector(
  policy: AddressPolicy,
  lookup: LookupAll = processLookup,
  tls: TlsOptions | null = null,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    lookup: guardedLookup(policy, lookup),
    autoSelectFamily: true,
    ...(tls === null ? {} : { secureContext: secureContextOf(tls), rejectUnauthorized: tls.verify }),
  });
  return (options, callback) => {
    try {
      assertAllowedLiteral(policy, options.hostname);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    let settled = false;
    const settle: buildConnector.Callback = (...outcome) => {
      if (settled) return;
      settled = true;
      callback(...outcome);
    };
    const socket = connect(options, settle) as unknown as Socket;
    // An alert that comes behind the handshake, as for a missing client certificate, only makes Node report an error: the
    // end of the stream would follow, and undici would say "other side closed".
    socket.on('error', (error) => socket.destroy(error));
    socket.prependOnceListener('connect', () => {
      const blocked = blockOf(policy, socket);
      if (!blocked) return;
      settle(blocked, null);
      socket.destroy(blocked);
    });
  };
}
