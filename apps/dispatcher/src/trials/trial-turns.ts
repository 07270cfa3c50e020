import { ProblemError } from '@hookstile/service-runtime';
import { RETRY_AFTER_S, TRIALS_IN_FLIGHT_MAX, TRIALS_PER_TENANT_MAX } from './trial.bounds.js';

/** Bounds on trials in flight, in all and of a tenant: beyond the one `unavailable`, beyond the other `rate_limited`. */
export class TrialTurns {
  readonly #tenants = new Map<string, number>();
  #all = 0;

  async during<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const ofTenant = this.#tenants.get(tenantId) ?? 0;
    const options = { retryAfterSeconds: RETRY_AFTER_S };
    if (ofTenant >= TRIALS_PER_TENANT_MAX) {
      throw new ProblemError('rate_limited', `${ofTenant} tests of this tenant are being made`, options);
    }
    if (this.#all >= TRIALS_IN_FLIGHT_MAX) {
      throw new ProblemError('unavailable', `${this.#all} tests are being made`, options);
    }
    this.#count(tenantId, 1);
    try {
      return await work();
    } finally {
      this.#count(tenantId, -1);
    }
  }

  #count(tenantId: string, change: 1 | -1): void {
    this.#all += change;
    const count = (this.#tenants.get(tenantId) ?? 0) + change;
    if (count === 0) this.#tenants.delete(tenantId);
    else this.#tenants.set(tenantId, count);
  }
}
