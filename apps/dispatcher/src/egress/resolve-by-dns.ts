import { promises } from 'node:dns';
import { DNS_OTHER_KIND_TIMEOUT_MS, DNS_TIMEOUT_MS, DNS_TRIES_MAX, DNS_TRY_TIMEOUT_MS } from './egress.bounds.js';
import { EgressError } from './egress.error.js';
import type { ResolveName } from './resolve-once.js';

const LATE_CODES = new Set(['ECANCELLED', 'ETIMEOUT']);

/** What says most of why a name has no address, first. */
const TELLING_CODES = ['ENOTFOUND', 'ESERVFAIL', 'EREFUSED', 'EBADRESP', 'ECONNREFUSED'];

/**
 * Asks DNS servers for a name's A and AAAA records, by a resolver of the question's own: it ends at its deadline with
 * nothing left behind, from a port of its own.
 * Not the operating system's lookup: that holds a thread for as long as a name's server is silent. There are four, so that
 * whoever has a silent server could hold up the names of everybody else.
 * @param servers `address[:port]`; none: those of the machine (`/etc/resolv.conf`)
 */
export function resolveByDns(servers: readonly string[]): ResolveName {
  return async (name, signal) => {
    const resolver = new promises.Resolver({ timeout: DNS_TRY_TIMEOUT_MS, tries: DNS_TRIES_MAX });
    if (servers.length > 0) resolver.setServers(servers);
    // After what has come by then: in a process that stood still, the answer may have lain there for long.
    const cancel = () => setImmediate(() => resolver.cancel());
    signal?.addEventListener('abort', () => resolver.cancel());
    const timers = [setTimeout(cancel, DNS_TIMEOUT_MS)];
    const ask = async (question: Promise<string[]>) => {
      const addresses = await question;
      timers.push(setTimeout(cancel, DNS_OTHER_KIND_TIMEOUT_MS));
      return addresses;
    };
    const answers = await Promise.allSettled([ask(resolver.resolve4(name)), ask(resolver.resolve6(name))]);
    for (const timer of timers) clearTimeout(timer);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    if (signal?.aborted) throw new EgressError('dns', 'Too many host names are being resolved at the same time.');
    throw unresolved(answers.flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : [])));
  };
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && 'code' in reason ? String(reason.code) : 'ENODATA';
}

function unresolved(codes: readonly string[]): EgressError {
  const telling = TELLING_CODES.find((code) => codes.includes(code));
  if (telling === undefined && codes.some((code) => LATE_CODES.has(code))) {
    return new EgressError('dns', `The host name could not be resolved within ${DNS_TIMEOUT_MS} ms.`);
  }
  return new EgressError('dns', `The host name could not be resolved (${telling ?? codes[0] ?? 'ENODATA'}).`);
}
