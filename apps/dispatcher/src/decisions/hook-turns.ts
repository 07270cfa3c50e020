import { ProblemError } from '@hookstile/service-runtime';
import { RETRY_AFTER_S } from './decision.bounds.js';

export interface HookTurnsBounds {
  all: number;
  perTenant: number;
  perRule: number;
}

export interface TurnOf {
  tenantId: string;
  id: string;
}

/** Bounds on decisions that wait for a hook: in all, of a tenant and of a rule. Nobody waits for a turn. */
export class HookTurns {
  readonly #tenants = new Map<string, number>();
  readonly #rules = new Map<string, number>();
  #all = 0;

  constructor(private readonly bounds: HookTurnsBounds) {}

  get inFlight(): number {
    return this.#all;
  }

  /** Runs `ask` within the bounds; rejects with `unavailable` beyond them. */
  async during<T>({ tenantId, id }: TurnOf, ask: () => Promise<T>): Promise<T> {
    const [ofTenant, ofRule] = [this.#tenants.get(tenantId) ?? 0, this.#rules.get(id) ?? 0];
    const { all, perTenant, perRule } = this.bounds;
    if (ofRule >= perRule) throw tooMany(`${ofRule} decisions wait for the webhook of this rule`);
    if (ofTenant >= perTenant) throw tooMany(`${ofTenant} decisions of this tenant wait for their webhooks`);
    if (this.#all >= all) throw tooMany(`${this.#all} decisions wait for their webhooks`);
    this.#count(tenantId, id, 1);
    try {
      return await ask();
    } finally {
      this.#count(tenantId, id, -1);
    }
  }

  #count(tenantId: string, id: string, change: 1 | -1): void {
    this.#all += change;
    add(this.#tenants, tenantId, change);
    add(this.#rules, id, change);
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function tooMany(detail: string): ProblemError {
  return new ProblemError('unavailable', detail, { retryAfterSeconds: RETRY_AFTER_S });
}
