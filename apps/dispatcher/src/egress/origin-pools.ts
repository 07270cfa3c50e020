import { LRUCache } from 'lru-cache';
import { type buildConnector, type Dispatcher, Pool } from 'undici';

/** Connections an origin; unlimited ones were measured ten times slower. */
const CONNECTIONS_MAX = 64;

/** Origins with a pool; the one unused for longest is closed once its requests have ended. */
const ORIGINS_MAX = 2_000;

/** One pool of connections an origin, all behind the egress guard. */
export class OriginPools {
  readonly #pools = new LRUCache<string, Pool>({
    max: ORIGINS_MAX,
    dispose: (pool) => void pool.close().catch(() => undefined),
  });
  readonly #connect: buildConnector.connector;

  constructor(connect: buildConnector.connector) {
    this.#connect = connect;
  }

  of(origin: string): Dispatcher {
    const known = this.#pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, {
      connections: CONNECTIONS_MAX,
      pipelining: 1,
      allowH2: false,
      connect: this.#connect,
      // An attempt has one overall deadline of its own; undici's timers are coarse (half a second) and cost more.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#pools.set(origin, pool);
    return pool;
  }

  /** Ends what is in flight. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    await Promise.all(pools.map((pool) => pool.destroy()));
    this.#pools.clear();
  }
}
