import { ProblemError } from '@hookstile/service-runtime';

export interface PlaceBounds {
  /** What takes a place, in the plural. */
  readonly what: string;
  readonly perTenantMax: number;
  readonly max: number;
  readonly retryAfterSeconds: number;
}

/** How many of a kind are open, of each tenant and of all. */
export class Places {
  readonly #ofTenant = new Map<string, number>();
  #taken = 0;

  constructor(private readonly bounds: PlaceBounds) {}

  get taken(): number {
    return this.#taken;
  }

  /** Takes a place. Returns what gives it back, once. Throws `rate_limited` or `unavailable` where none is free. */
  take(tenantId: string): () => void {
    const { what, perTenantMax, max, retryAfterSeconds } = this.bounds;
    const ofTenant = this.#ofTenant.get(tenantId) ?? 0;
    if (ofTenant >= perTenantMax) {
      throw new ProblemError('rate_limited', `the tenant has ${perTenantMax} ${what} already`, { retryAfterSeconds });
    }
    if (this.#taken >= max) throw new ProblemError('unavailable', `there are too many ${what}`, { retryAfterSeconds });
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
