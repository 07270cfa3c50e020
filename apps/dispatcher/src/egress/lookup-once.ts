import type { LookupAddress, LookupAllOptions } from 'node:dns';

type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type LookupAll = (hostname: string, options: LookupAllOptions, callback: LookupCallback) => void;

/**
 * One lookup of a name at a time; who asks meanwhile gets its answer. A lookup holds a thread for as long as the name's
 * server is silent, and there are few: without this, the connections to one such name would hold up those to all others.
 */
export function lookupOnce(lookup: LookupAll): LookupAll {
  const waiting = new Map<string, LookupCallback[]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? ''} ${options.hints ?? ''}`;
    const others = waiting.get(key);
    if (others) {
      others.push(callback);
      return;
    }
    const callbacks = [callback];
    waiting.set(key, callbacks);
    lookup(hostname, options, (...outcome) => {
      waiting.delete(key);
      // Apart: one that throws keeps none of the others waiting.
      for (const each of callbacks) process.nextTick(each, ...outcome);
    });
  };
}
