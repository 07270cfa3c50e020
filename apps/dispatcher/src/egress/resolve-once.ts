import { RESOLUTIONS_MAX } from './egress.bounds.js';

/** Resolves a name to all of its addresses; rejects with `EgressError`. @param signal it is given up for others */
export type ResolveName = (name: string, signal?: AbortSignal) => Promise<readonly string[]>;

interface Resolution {
  asked: Promise<readonly string[]>;
  stop: AbortController;
}

/**
 * One resolution of a name at a time; who asks meanwhile gets its answer. Nothing is kept behind it.
 * Where too many are under way, the oldest gives way: a name that can be resolved is soon, and whoever has thousands of
 * names whose servers are silent must not keep others from it.
 */
export function resolveOnce(resolve: ResolveName, max = RESOLUTIONS_MAX): ResolveName {
  const underWay = new Map<string, Resolution>();

  function begin(name: string): Promise<readonly string[]> {
    const stop = new AbortController();
    const asked = resolve(name, stop.signal).finally(() => {
      if (underWay.get(name)?.stop === stop) underWay.delete(name);
    });
    underWay.set(name, { asked, stop });
    return asked;
  }

  return (name) => {
    const known = underWay.get(name);
    if (known) return known.asked;
    const [oldest] = underWay.entries();
    if (oldest && underWay.size >= max) {
      underWay.delete(oldest[0]);
      oldest[1].stop.abort();
    }
    return begin(name);
  };
}
