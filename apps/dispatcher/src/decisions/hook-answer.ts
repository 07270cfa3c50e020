import type { AttemptError } from '@hookstile/contracts';
import type { ExchangeAnswer } from '../egress/exchange.js';

/** What came of asking a rule's hook. */
export type HookAnswer =
  | { kind: 'answered'; answer: ExchangeAnswer }
  | { kind: 'failed'; error: AttemptError; detail: string }
  | { kind: 'circuit-open' };
