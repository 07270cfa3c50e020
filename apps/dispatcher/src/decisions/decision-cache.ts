import { hash } from 'node:crypto';
import type { DecisionRuleConfiguration } from '@hookstile/contracts';
import type { ParameterValues } from '@hookstile/templates';
import { LRUCache } from 'lru-cache';
import { CACHED_DECISIONS_MAX } from './decision.bounds.js';
import type { Judgement } from './judge-answer.js';

interface Cached {
  judgement: Judgement;
  untilMs: number;
}

/** Names a rule's version and a context; equal contexts have one name, in whatever order they were written. */
export function cacheKeyOf(rule: DecisionRuleConfiguration, values: ParameterValues): string {
  const sorted = [...values].sort(([left], [right]) => (left < right ? -1 : 1));
  return hash('sha256', JSON.stringify([rule.id, rule.version, sorted]), 'base64');
}

/** Decisions that are given again for the same context; those that a failure made are not kept. */
export class DecisionCache {
  readonly #cached = new LRUCache<string, Cached>({ max: CACHED_DECISIONS_MAX });

  constructor(private readonly monotonicMs: () => number) {}

  get(key: string): Judgement | null {
    const cached = this.#cached.get(key);
    if (cached && cached.untilMs > this.monotonicMs()) return cached.judgement;
    return null;
  }

  put(key: string, judgement: Judgement, seconds: number): void {
    if (judgement.code !== 'matched' && judgement.code !== 'no_match') return;
    this.#cached.set(key, { judgement, untilMs: this.monotonicMs() + seconds * 1_000 });
  }
}
