import type { Exchange } from './http-receiver.ts';
import { type Behaviour, SLOW_ANSWER_MS } from './receive.types.ts';

/** The endpoints of all integrations: each meets its requests as it was told to. */
export class Endpoints {
  #behaviours = new Map<number, Behaviour>();
  readonly #slow = new Map<Exchange, NodeJS.Timeout>();
  readonly #hanging = new Set<Exchange>();

  /** Integrations that are not named answer. What was kept waiting is answered, or cut where it hung. */
  behave(behaviours: Iterable<[integration: number, behaviour: Behaviour]>): void {
    this.#behaviours = new Map(behaviours);
    for (const [exchange, timer] of this.#slow) {
      clearTimeout(timer);
      exchange.answer(200);
    }
    for (const exchange of this.#hanging) exchange.cut();
    this.#slow.clear();
    this.#hanging.clear();
  }

  /** Whether the request counts as received. */
  meet(integration: number, exchange: Exchange): boolean {
    switch (this.#behaviours.get(integration) ?? 'answer') {
      case 'answer':
        exchange.answer(200);
        return true;
      case 'slow':
        this.#answerLate(exchange);
        return true;
      case 'hang':
        this.#hanging.add(exchange);
        return false;
      case 'fail':
        exchange.answer(503);
        return false;
    }
  }

  #answerLate(exchange: Exchange): void {
    const timer = setTimeout(() => {
      this.#slow.delete(exchange);
      exchange.answer(200);
    }, SLOW_ANSWER_MS);
    this.#slow.set(exchange, timer);
  }
}
