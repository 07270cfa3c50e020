import type { Pool } from 'undici';

/** Pools that serve no new request, until those that they have are ended. */
export class RetiredPools {
  readonly #closing = new Set<Pool>();

  add(pool: Pool): void {
    this.#closing.add(pool);
    const retired = () => void this.#closing.delete(pool);
    pool.close().then(retired, retired);
  }

  /** Ends what is in flight, in them and in the given ones. */
  async destroyWith(others: Iterable<Pool>): Promise<void> {
    await Promise.all([...others, ...this.#closing].map((pool) => pool.destroy()));
  }
}
