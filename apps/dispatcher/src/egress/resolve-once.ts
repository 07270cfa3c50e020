import { RESOLUTIONS_MAX } from './egress.bounds.js';
import { EgressError } from './egress.error.js';

/** Resolves a name to all of its addresses; rejects with `EgressError`. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** One resolution of a name at a time; who asks meanwhile gets its answer. Nothing is kept behind it. */
export function resolveOnce(resolve: ResolveName, max = RESOLUTIONS_MAX): ResolveName {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (name) => {
    const known = underWay.get(name);
    if (known) return known;
    if (underWay.size >= max) {
      return Promise.reject(new EgressError('dns', 'Too many host names are being resolved at the same time.'));
    }
    const asked = resolve(name).finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
}
