import type { Socket } from 'node:net';
import type { LRUCache } from 'lru-cache';
import type { Pool } from 'undici';
import type { Connect } from './exchange-client.js';

/** Counts the connections that a connector's callers hold, and asks for one to be let go of where they are too many. */
export class CountedConnections {
  #count = 0;

  constructor(
    private readonly max: number,
    /** Told at each connection beyond. */
    private readonly onBeyond: () => void,
  ) {}

  get count(): number {
    return this.#count;
  }

  counting(connect: Connect): Connect {
    return (options, callback) =>
      connect(options, (...outcome) => {
        const [, socket] = outcome;
        if (socket) this.#add(socket);
        callback(...outcome);
      });
  }

  #add(socket: Socket): void {
    this.#count += 1;
    socket.once('close', () => {
      this.#count -= 1;
    });
    if (this.#count > this.max) this.onBeyond();
  }
}

/** Drops the pool that nobody used for longest of those with an idle connection. */
export function letGoOfOne(caches: readonly LRUCache<string, Pool>[]): void {
  for (const cache of caches) {
    for (const origin of cache.rkeys()) {
      const stats = cache.peek(origin)?.stats;
      if (!stats || stats.connected <= stats.running) continue;
      cache.delete(origin);
      return;
    }
  }
}
