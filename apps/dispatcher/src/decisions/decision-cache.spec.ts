import { aDecisionRule, fixedClock } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { cacheKeyOf, DecisionCache } from './decision-cache.js';
import type { Judgement } from './judge-answer.js';

const granted: Judgement = { decision: 'granted', code: 'matched', reason: '', httpStatus: 200, matchedAction: null };
const context = (values: Record<string, string>) => new Map(Object.entries(values));

test('names equal contexts of one version of a rule alike, and no others', () => {
  const rule = aDecisionRule();
  const key = cacheKeyOf(rule, context({ username: 'ann', groups: 'a,b' }));
  expect(cacheKeyOf(rule, context({ groups: 'a,b', username: 'ann' }))).toBe(key);
  expect(cacheKeyOf(rule, context({ groups: 'a', username: 'ann' }))).not.toBe(key);
  expect(cacheKeyOf(rule, context({ groups: 'a,b","username":"ann' }))).not.toBe(key);
  expect(cacheKeyOf(aDecisionRule({ version: 2 }), context({ username: 'ann', groups: 'a,b' }))).not.toBe(key);
  expect(cacheKeyOf(aDecisionRule({ id: 'rul_2' }), context({ username: 'ann', groups: 'a,b' }))).not.toBe(key);
});

test('gives a decision again until its time is over', () => {
  const clock = fixedClock();
  const cache = new DecisionCache(clock.monotonicMs);
  cache.put('k', granted, 2);
  clock.advance(1_999);
  expect(cache.get('k')).toBe(granted);
  clock.advance(1);
  expect(cache.get('k')).toBeNull();
});

test('keeps no decision that a failure made', () => {
  const cache = new DecisionCache(() => 0);
  for (const code of ['http_status', 'timeout', 'connect', 'unparseable', 'blocked_address', 'circuit_open'] as const) {
    cache.put('k', { ...granted, code }, 60);
  }
  expect(cache.get('k')).toBeNull();
});
