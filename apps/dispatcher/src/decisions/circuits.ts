import type { DecisionRuleConfiguration } from '@hookstile/contracts';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { CIRCUIT_FAILURES, CIRCUIT_OPEN_MS, CIRCUITS_MAX } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';

interface Circuit {
  version: number;
  breaker: CircuitBreakerPolicy;
}

const SERVER_ERROR = 500;

/** What says that a hook is unwell. A denial by 4xx, or an answer that cannot be read, does not. */
function isFailure(result: unknown): boolean {
  const asked = result as HookAnswer;
  if (asked.kind === 'answered') return asked.answer.status >= SERVER_ERROR;
  return asked.kind === 'failed' && asked.error !== 'blocked_address' && asked.error !== 'aborted';
}

function newBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(handleWhenResult(isFailure), {
    halfOpenAfter: CIRCUIT_OPEN_MS,
    breaker: new ConsecutiveBreaker(CIRCUIT_FAILURES),
  });
}

/** A circuit breaker for each rule that is asked; a changed rule begins anew. */
export class Circuits {
  readonly #circuits = new LRUCache<string, Circuit>({ max: CIRCUITS_MAX });

  /** Asks the hook, unless its circuit is open, or half-open with its one probe on the way. */
  async guard(rule: DecisionRuleConfiguration, ask: () => Promise<HookAnswer>): Promise<HookAnswer> {
    const { breaker } = this.#of(rule);
    // cockatiel lets others wait for the probe; a decision would wait as long as the hook hangs.
    if (breaker.state === CircuitState.HalfOpen) return { kind: 'circuit-open' };
    try {
      return await breaker.execute(ask);
    } catch (error) {
      if (isBrokenCircuitError(error)) return { kind: 'circuit-open' };
      throw error;
    }
  }

  get open(): number {
    return [...this.#circuits.values()].filter(({ breaker }) => breaker.state !== CircuitState.Closed).length;
  }

  #of({ id, version }: DecisionRuleConfiguration): Circuit {
    const known = this.#circuits.get(id);
    if (known?.version === version) return known;
    const circuit = { version, breaker: newBreaker() };
    this.#circuits.set(id, circuit);
    return circuit;
  }
}
