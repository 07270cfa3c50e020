import { promises } from 'node:dns';
import { within } from '@hookstile/service-runtime';
import { OWN_ADDRESSES_KEPT_MS, OWN_ADDRESSES_TIMEOUT_MS } from './egress.bounds.js';
import type { OwnEndpoints } from './own-endpoints.js';
import type { ResolveName } from './resolve-once.js';

/** As Kafka's and Postgres' clients resolve a name: hosts file, search domains and all. The operator names these. */
const bySystem: ResolveName = async (name) => {
  const found = await promises.lookup(name, { all: true });
  return found.map(({ address }) => address);
};

/**
 * Keeps the addresses of the platform's own names: the same service has further names, and a customer may give any of
 * them, or the address.
 */
export class OwnAddresses {
  #first: Promise<void> | null = null;
  #againAtMs = 0;

  constructor(
    private readonly own: OwnEndpoints,
    private readonly monotonicMs: () => number,
    private readonly resolve: ResolveName = bySystem,
  ) {}

  /** Waits for the first time alone, and not for long; afterwards what is known serves while it is asked for again. */
  known(): Promise<void> {
    const nowMs = this.monotonicMs();
    if (this.#first === null || nowMs >= this.#againAtMs) {
      this.#againAtMs = nowMs + OWN_ADDRESSES_KEPT_MS;
      const learned = this.#learn();
      this.#first ??= learned;
    }
    return this.#first;
  }

  async #learn(): Promise<void> {
    const learned = Promise.all(this.own.named.map((name) => this.#learnOne(name)));
    // What comes late is learned all the same.
    await within(learned, OWN_ADDRESSES_TIMEOUT_MS, () => new Error('late')).catch(() => undefined);
  }

  /** A name that cannot be resolved now keeps the addresses that it had. */
  async #learnOne(name: string): Promise<void> {
    try {
      this.own.learn(name, await this.resolve(name));
    } catch {
      // Whoever needs the name says that it is gone: a broker, Postgres, an exporter.
    }
  }
}
