import { connect, type LookupFunction, type Socket } from 'node:net';
import { errors } from 'undici';
import { ADDRESS_TRY_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './egress.bounds.js';
import type { EgressError } from './egress.error.js';
import type { OpenConnection } from './open-connection.js';

/** As undici has it for connections that it makes itself. */
const KEEP_ALIVE_DELAY_MS = 60_000;

/**
 * Connects to one of the checked addresses. The connected peer is checked once more, before a byte of ours is sent and
 * before TLS begins: whatever was connected to, and why ever, it is nothing that is not allowed.
 */
export const openDirectly: OpenConnection = ({ hosts, port, destination, signal }) =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: hosts.length === 1 ? (hosts[0] ?? '') : 'resolved',
      port,
      lookup: pinnedTo(hosts),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_TRY_TIMEOUT_MS,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
      ...(signal ? { signal } : {}),
    });
    const giveUp = () => socket.connecting && socket.destroy(new errors.ConnectTimeoutError());
    // After what has come by then, as of a process that stood still.
    const timer = setTimeout(() => setImmediate(giveUp), CONNECT_TIMEOUT_MS);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', fail).once('connect', () => {
      clearTimeout(timer);
      const objection = peerObjection(socket, destination.objectionTo);
      if (objection) {
        socket.destroy();
        reject(objection);
        return;
      }
      // What comes next listens for errors before this turn ends.
      socket.off('error', fail);
      resolve(socket);
    });
  });

/** Node asks for a name's addresses where it connects; it gets what was checked, and no name is resolved again. */
function pinnedTo(hosts: readonly string[]): LookupFunction {
  const addresses = hosts.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all || !first) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
}

function peerObjection(socket: Socket, objectionTo: (address: string) => EgressError | null): Error | null {
  const peer = socket.remoteAddress;
  if (peer === undefined) return Object.assign(new Error('the peer has gone'), { code: 'ECONNRESET' });
  return objectionTo(peer);
}
