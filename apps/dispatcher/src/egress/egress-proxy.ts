import { connectTunnel } from './connect-tunnel.js';
import { PROXY_ADDRESSES_TRIED_MAX } from './egress.bounds.js';
import { EgressError } from './egress.error.js';
import type { OpenConnection } from './open-connection.js';
import { proxyAddressOf } from './proxy-address.js';
import { socks5Tunnel } from './socks5-tunnel.js';

/**
 * The way through HOOKSTILE_EGRESS_PROXY; null where it is empty. The proxy itself may be anywhere: an operator names it.
 * Throws where the setting cannot be read, without its value.
 */
export function egressProxyOf(setting: string): OpenConnection | null {
  if (setting === '') return null;
  const proxy = proxyAddressOf(setting);
  const tunnel = proxy.protocol === 'socks5:' ? socks5Tunnel : connectTunnel;
  return async ({ hosts, port, signal }) => {
    let last: unknown;
    for (const host of hosts.slice(0, PROXY_ADDRESSES_TRIED_MAX)) {
      try {
        signal?.throwIfAborted();
        return await tunnel(proxy, host, port, signal);
      } catch (error) {
        last = error;
        // Another address is worth a try where this one could not be connected to, and not where the proxy forbids it.
        if (!(error instanceof EgressError) || error.attemptError !== 'connect') break;
      }
    }
    throw last;
  };
}
