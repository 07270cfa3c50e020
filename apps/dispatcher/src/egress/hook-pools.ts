import { LRUCache } from 'lru-cache';
import type { Dispatcher, Pool } from 'undici';
import { CountedConnections, letGoOfOne } from './counted-connections.js';
import type { Connect } from './exchange-client.js';
import { exchangePool } from './exchange-pool.js';
import { RetiredPools } from './retired-pools.js';

/** Of one rule's hook; a rule has connections of its own, so that one that hangs takes none from another. */
const CONNECTIONS_PER_RULE_MAX = 256;

/** Pools of connections; the one unused for longest is closed once its requests have ended. */
const HOOK_POOLS_MAX = 1_000;

/** Connections of all rules: as many as decisions that wait for their hooks by default, and as many again. */
const CONNECTIONS_IN_ALL_MAX = 8_192;

/** Connections of each rule's own, behind the egress guard: a hook that hangs holds up neither others nor deliveries. */
export class HookPools {
  readonly #retired = new RetiredPools();
  readonly #pools = new LRUCache<string, Pool>({ max: HOOK_POOLS_MAX, dispose: (pool) => this.#retired.add(pool) });
  readonly #connect: Connect;

  constructor(connect: Connect, connectionsInAllMax: number = CONNECTIONS_IN_ALL_MAX) {
    this.#connect = new CountedConnections(connectionsInAllMax, () => letGoOfOne([this.#pools])).counting(connect);
  }

  of(ruleId: string, origin: string): Dispatcher {
    const key = `${ruleId} ${origin}`;
    const known = this.#pools.get(key);
    if (known) return known;
    const pool = exchangePool(origin, CONNECTIONS_PER_RULE_MAX, this.#connect);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Ends what is in flight. */
  async close(): Promise<void> {
    await this.#retired.destroyWith(this.#pools.values());
    this.#pools.clear();
  }
}
