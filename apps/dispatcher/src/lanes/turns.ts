/** What waits for its turn to make an attempt. */
export interface Turn {
  readonly tenantId: string;
  readonly origin: string;
}

export interface TurnBounds {
  inFlightMax: number;
  perTenantMax: number;
  perOriginMax: number;
}

interface Tenant<T> {
  readonly ready: T[];
  /** Of these, those for whom an origin keeps a place that is free. */
  readonly expected: Set<T>;
  inFlight: number;
  /** Whether it is in the ring, or its turn is being taken, after which it is put there if need be. */
  inRing: boolean;
}

interface Origin<T> {
  readonly waiting: T[];
  inFlight: number;
}

/**
 * Shares attempts in flight out: tenants take turns, and nobody gets more than its own bound, so that one slow
 * endpoint cannot hold all. Starts a turn at once where the bounds allow it.
 */
export class Turns<T extends Turn> {
  private readonly tenants = new Map<string, Tenant<T>>();
  private readonly origins = new Map<string, Origin<T>>();
  /** Tenants with something ready, in the order of their turns. */
  private ring: string[] = [];
  private count = 0;
  private starting = false;
  /** While turns were started, more became possible. */
  private again = false;

  constructor(
    private readonly bounds: TurnBounds,
    private readonly start: (turn: T) => void,
  ) {}

  get inFlight(): number {
    return this.count;
  }

  request(turn: T): void {
    const tenant = this.tenantOf(turn);
    tenant.ready.push(turn);
    if (!tenant.inRing) this.ring.push(turn.tenantId);
    tenant.inRing = true;
    this.startReady();
  }

  /** Takes back a turn that has not begun; false where it has. */
  withdraw(turn: T): boolean {
    const lists = [this.tenants.get(turn.tenantId)?.ready, this.origins.get(turn.origin)?.waiting];
    for (const list of lists) {
      const index = list?.indexOf(turn) ?? -1;
      if (index < 0) continue;
      list?.splice(index, 1);
      this.tenants.get(turn.tenantId)?.expected.delete(turn);
      this.leaveRing(turn.tenantId);
      this.wake(this.originOf(turn));
      this.forget(turn);
      this.startReady();
      return true;
    }
    return false;
  }

  /** An attempt ended. */
  release(turn: T): void {
    const tenant = this.tenantOf(turn);
    const origin = this.originOf(turn);
    this.count -= 1;
    tenant.inFlight -= 1;
    origin.inFlight -= 1;
    this.wake(origin);
    this.forget(turn);
    this.startReady();
  }

  /** An origin's free place goes to the first that may take it; those whose tenant is at its bound wait for that. */
  private wake(origin: Origin<T>): void {
    while (origin.inFlight < this.bounds.perOriginMax) {
      const next = origin.waiting.shift();
      if (next === undefined) return;
      const tenant = this.tenantOf(next);
      tenant.ready.unshift(next);
      if (!tenant.inRing) this.ring.unshift(next.tenantId);
      tenant.inRing = true;
      if (tenant.inFlight >= this.bounds.perTenantMax) continue;
      tenant.expected.add(next);
      return;
    }
  }

  /** The tenant is at its bound: places that were kept for it go to others. */
  private giveUpPlaces({ expected }: Tenant<T>): void {
    const turns = [...expected];
    expected.clear();
    for (const turn of turns) this.wake(this.originOf(turn));
  }

  /** Of a tenant that has nothing ready any more. */
  private leaveRing(tenantId: string): void {
    const tenant = this.tenants.get(tenantId);
    const index = tenant?.ready.length === 0 ? this.ring.indexOf(tenantId) : -1;
    if (tenant === undefined || index < 0) return;
    this.ring.splice(index, 1);
    tenant.inRing = false;
  }

  /**
   * A turn can end as it begins, where the lease has run out or its partition is being closed: what that makes possible
   * is started from here. Each within the one before it, thousands of them would not fit on the stack.
   */
  private startReady(): void {
    this.again = true;
    if (this.starting) return;
    this.starting = true;
    try {
      while (this.again) {
        this.again = false;
        this.goRound();
      }
    } finally {
      this.starting = false;
    }
  }

  private goRound(): void {
    for (let passed = 0; this.count < this.bounds.inFlightMax && passed < this.ring.length; ) {
      const tenantId = this.ring.shift();
      if (tenantId === undefined) return;
      const tenant = this.tenants.get(tenantId);
      if (tenant === undefined) continue;
      const started = this.startOne(tenant);
      tenant.inRing = tenant.ready.length > 0;
      if (tenant.inRing) this.ring.push(tenantId);
      if (tenant.inFlight >= this.bounds.perTenantMax && tenant.expected.size > 0) this.giveUpPlaces(tenant);
      // Who has nothing ready any more is not in the ring, and was not passed in it.
      if (started) passed = 0;
      else if (tenant.inRing) passed += 1;
    }
  }

  private startOne(tenant: Tenant<T>): boolean {
    while (tenant.inFlight < this.bounds.perTenantMax) {
      const turn = tenant.ready.shift();
      if (turn === undefined) return false;
      tenant.expected.delete(turn);
      const origin = this.originOf(turn);
      if (origin.inFlight >= this.bounds.perOriginMax) {
        origin.waiting.push(turn);
        continue;
      }
      this.count += 1;
      tenant.inFlight += 1;
      origin.inFlight += 1;
      this.start(turn);
      return true;
    }
    return false;
  }

  private tenantOf({ tenantId }: Turn): Tenant<T> {
    const known = this.tenants.get(tenantId);
    if (known) return known;
    const tenant: Tenant<T> = { ready: [], expected: new Set(), inFlight: 0, inRing: false };
    this.tenants.set(tenantId, tenant);
    return tenant;
  }

  private originOf({ origin: name }: Turn): Origin<T> {
    const known = this.origins.get(name);
    if (known) return known;
    const origin: Origin<T> = { waiting: [], inFlight: 0 };
    this.origins.set(name, origin);
    return origin;
  }

  private forget(turn: Turn): void {
    const tenant = this.tenants.get(turn.tenantId);
    if (tenant && tenant.inFlight === 0 && tenant.ready.length === 0) this.tenants.delete(turn.tenantId);
    const origin = this.origins.get(turn.origin);
    if (origin && origin.inFlight === 0 && origin.waiting.length === 0) this.origins.delete(turn.origin);
  }
}
