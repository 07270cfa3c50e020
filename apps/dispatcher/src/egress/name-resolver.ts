import { HostsFile } from './hosts-file.js';
import { isUnder, plainName } from './private-names.js';
import { resolveByDns } from './resolve-by-dns.js';
import { type ResolveName, resolveOnce } from './resolve-once.js';

const HOSTS_FILE = '/etc/hosts';
const LOOPBACK = '127.0.0.1';

export interface NameResolverParts {
  /** HOOKSTILE_EGRESS_DNS; none: the machine's own servers, behind its hosts file. */
  servers: readonly string[];
  monotonicMs(): number;
  hostsFile?: string;
}

/** Resolves the host names of webhooks. `localhost` is loopback without being asked for (RFC 6761). */
export function nameResolver({ servers, monotonicMs, hostsFile = HOSTS_FILE }: NameResolverParts): ResolveName {
  const hosts = servers.length === 0 ? new HostsFile(hostsFile, monotonicMs) : null;
  const ask = resolveOnce(resolveByDns(servers));
  return async (name) => {
    const known = hosts?.addressesOf(name) ?? [];
    if (known.length > 0) return known;
    return isUnder(plainName(name), 'localhost') ? [LOOPBACK] : ask(name);
  };
}
