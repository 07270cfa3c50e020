import { LRUCache } from 'lru-cache';
import type { Dispatcher, Pool } from 'undici';
import { CountedConnections, letGoOfOne } from './counted-connections.js';
import type { Connect } from './exchange-client.js';
import { exchangePool } from './exchange-pool.js';
import { RetiredPools } from './retired-pools.js';
import type { TlsOptions } from './tls-options.js';

/** Connections an origin; unlimited ones were measured ten times slower. */
const CONNECTIONS_MAX = 64;

/** Origins with a pool; the one unused for longest is closed once its requests have ended. */
const ORIGINS_MAX = 2_000;

/** Pools with TLS options of their own, beside those: each also has a store of authorities, about 50 KiB. */
const SECURED_POOLS_MAX = 500;

/** A pool with TLS options that nobody used for so long goes: with it goes the client key of an integration that was deleted. */
const SECURED_IDLE_MAX_MS = 600_000;

/** Connections to all origins; beyond, those of the pool unused for longest are closed once they have nothing to do. */
const CONNECTIONS_IN_ALL_MAX = 2_048;

/** How often pools without a connection are let go of: each takes 20 KiB, most of it for the queue that it may need. */
const SWEEP_INTERVAL_MS = 1_000;

/** How a pool connects: as all do (null), or by TLS options. */
export type ConnectorFor = (tls: TlsOptions | null) => Connect;

export interface OriginPoolsBounds {
  origins: number;
  secured: number;
  securedIdleMaxMs: number;
  connectionsInAll: number;
}

const BOUNDS: OriginPoolsBounds = {
  origins: ORIGINS_MAX,
  secured: SECURED_POOLS_MAX,
  securedIdleMaxMs: SECURED_IDLE_MAX_MS,
  connectionsInAll: CONNECTIONS_IN_ALL_MAX,
};

/**
 * Pools of connections, all behind the egress guard: one an origin, and one an origin and TLS options. Connections are
 * never shared between options: one that was made unverified, or shows a client certificate, serves nobody else.
 */
export class OriginPools {
  readonly #pools: LRUCache<string, Pool>;
  readonly #secured: LRUCache<string, Pool>;
  readonly #connectorFor: ConnectorFor;
  readonly #connect: Connect;
  readonly #counted: CountedConnections;
  readonly #retired = new RetiredPools();
  readonly #sweeping: NodeJS.Timeout;

  constructor(connectorFor: ConnectorFor, bounds: Partial<OriginPoolsBounds> = {}) {
    const { origins, secured, securedIdleMaxMs, connectionsInAll } = { ...BOUNDS, ...bounds };
    this.#counted = new CountedConnections(connectionsInAll, () => letGoOfOne([this.#pools, this.#secured]));
    this.#connectorFor = (tls) => this.#counted.counting(connectorFor(tls));
    this.#connect = this.#connectorFor(null);
    const dispose = (pool: Pool) => this.#retired.add(pool);
    this.#pools = new LRUCache({ max: origins, dispose });
    this.#secured = new LRUCache({ max: secured, dispose, ttl: securedIdleMaxMs, updateAgeOnGet: true });
    this.#sweeping = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  /**
   * To be given its request at once: a pool that has neither connections nor requests is closed.
   * @param tls means nothing to an origin of plain HTTP
   */
  of(origin: string, tls: TlsOptions | null): Dispatcher {
    if (tls !== null && origin.startsWith('https:')) return this.#securedOf(origin, tls);
    const known = this.#pools.get(origin);
    if (known) return known;
    const pool = exchangePool(origin, CONNECTIONS_MAX, this.#connect);
    this.#pools.set(origin, pool);
    return pool;
  }

  /** That stand, those of pools that were let go of among them. */
  get connections(): number {
    return this.#counted.count;
  }

  get size(): number {
    return this.#pools.size + this.#secured.size;
  }

  /**
   * Endpoints that are down, and those whose connections have ended, cost no memory. Pools with TLS options stay until they
   * were unused for long: they are dear to make.
   */
  sweep(): void {
    this.#secured.purgeStale();
    for (const [origin, pool] of this.#pools.entries()) {
      const { connected, size } = pool.stats;
      if (connected === 0 && size === 0) this.#pools.delete(origin);
    }
  }

  /** Ends what is in flight. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await this.#retired.destroyWith([...this.#pools.values(), ...this.#secured.values()]);
    this.#pools.clear();
    this.#secured.clear();
  }

  #securedOf(origin: string, tls: TlsOptions): Dispatcher {
    const key = `${tls.digest} ${origin}`;
    const known = this.#secured.get(key);
    if (known) return known;
    const pool = exchangePool(origin, CONNECTIONS_MAX, this.#connectorFor(tls));
    this.#secured.set(key, pool);
    return pool;
  }
}
