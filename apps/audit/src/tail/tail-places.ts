import { ProblemError } from '@hookstile/service-runtime';
import { STREAMS_MAX, STREAMS_PER_TENANT_MAX } from './tail.bounds.js';

const RETRY_AFTER_SECONDS = 5;

/** How many streams there are, of each tenant and of all. */
export class TailPlaces {
  readonly #ofTenant = new Map<string, number>();
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  /** Takes a place. Returns what gives it back, once. Throws `rate_limited` or `unavailable` where none is free. */
  take(tenantId: string): () => void {
    const ofTenant = this.#ofTenant.get(tenantId) ?? 0;
    if (ofTenant >= STREAMS_PER_TENANT_MAX) {
      throw new ProblemError('rate_limited', `the tenant has ${STREAMS_PER_TENANT_MAX} streams already`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (this.#taken >= STREAMS_MAX) {
      throw new ProblemError('unavailable', 'there are too many streams', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.#ofTenant.set(tenantId, ofTenant + 1);
    this.#taken += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#giveBack(tenantId);
    };
  }

  #giveBack(tenantId: string): void {
    const ofTenant = (this.#ofTenant.get(tenantId) ?? 1) - 1;
    if (ofTenant === 0) this.#ofTenant.delete(tenantId);
    else this.#ofTenant.set(tenantId, ofTenant);
    this.#taken -= 1;
  }
}
