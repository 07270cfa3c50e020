import type { DecisionRuleConfiguration } from '@hookstile/contracts';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { CIRCUIT_FAILURES, CIRCUIT_OPEN_MS, CIRCUITS_MAX } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';

interface Circuit {
  version: number;
  breaker: CircuitBreakerPolicy;
  /** Monotonic milliseconds. */
  openedAtMs: number;
  /** How often the hook was asked, and which time was the last at which it was well. */
  asked: number;
  wellAt: number;
}

interface Asked {
  answer: HookAnswer;
  isFailure: boolean;
}

const OPEN: HookAnswer = { kind: 'circuit-open' };

const SERVER_ERROR = 500;

/** What says that a hook is unwell. A denial by 4xx, or an answer that cannot be read, does not. */
function isFailure(asked: HookAnswer): boolean {
  if (asked.kind === 'answered') return asked.answer.status >= SERVER_ERROR;
  return asked.kind === 'failed' && asked.error !== 'blocked_address' && asked.error !== 'aborted';
}

function newBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(
    handleWhenResult((result) => (result as Asked).isFailure),
    {
      // cockatiel measures by the wall clock, which jumps: for how long a circuit is open is measured here.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
      breaker: new ConsecutiveBreaker(CIRCUIT_FAILURES),
    },
  );
}

/** A failure says nothing of a hook that was well when it was asked later. */
async function askIn(circuit: Circuit, ask: () => Promise<HookAnswer>): Promise<Asked> {
  circuit.asked += 1;
  const time = circuit.asked;
  const answer = await ask();
  const failed = isFailure(answer);
  if (!failed) circuit.wellAt = Math.max(circuit.wellAt, time);
  return { answer, isFailure: failed && time > circuit.wellAt };
}

/** A circuit breaker for each rule that is asked; a changed rule begins anew. */
export class Circuits {
  readonly #circuits = new LRUCache<string, Circuit>({ max: CIRCUITS_MAX });

  constructor(private readonly monotonicMs: () => number) {}

  /** Asks the hook, unless its circuit is open, or half-open with its one probe on the way. */
  async guard(rule: DecisionRuleConfiguration, ask: () => Promise<HookAnswer>): Promise<HookAnswer> {
    const circuit = this.#of(rule);
    const { state } = circuit.breaker;
    // cockatiel lets others wait for the probe; a decision would wait as long as the hook hangs.
    if (state === CircuitState.HalfOpen) return OPEN;
    if (state === CircuitState.Open && this.monotonicMs() - circuit.openedAtMs < CIRCUIT_OPEN_MS) return OPEN;
    const { answer } = await circuit.breaker.execute(() => askIn(circuit, ask));
    return answer;
  }

  get open(): number {
    return [...this.#circuits.values()].filter(({ breaker }) => breaker.state !== CircuitState.Closed).length;
  }

  #of({ id, version }: DecisionRuleConfiguration): Circuit {
    const known = this.#circuits.get(id);
    if (known?.version === version) return known;
    const circuit: Circuit = { version, breaker: newBreaker(), openedAtMs: 0, asked: 0, wellAt: 0 };
    circuit.breaker.onBreak(() => {
      circuit.openedAtMs = this.monotonicMs();
    });
    this.#circuits.set(id, circuit);
    return circuit;
  }
}
