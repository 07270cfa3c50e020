import { aDecisionRule } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { KnownRules } from './known-rules.js';

const rule = aDecisionRule({ id: 'rul_1', tenantId: 'ten_1', settings: { name: 'posture' } });

function rulesWith(catchUp: () => Promise<void>, checkHealth = () => {}) {
  const decisionRule = (id: string) =>
    [rule, aDecisionRule({ id: 'rul_gone', deleted: true })].find((one) => one.id === id);
  const decisionRulesOf = (tenantId: string) => (tenantId === 'ten_1' ? [rule] : []);
  return new KnownRules({ decisionRule, decisionRulesOf, catchUp, checkHealth });
}

const caughtUp = rulesWith(async () => {});
const behind = rulesWith(() => Promise.reject(new Error('no broker')));
const unreadable = rulesWith(
  () => Promise.reject(new Error('newer')),
  () => {
    throw new Error('newer');
  },
);

test('finds a rule by its name or its id', async () => {
  expect(await caughtUp.byIdOrName('ten_1', 'posture')).toBe(rule);
  expect(await caughtUp.byIdOrName('ten_1', 'rul_1')).toBe(rule);
  expect(await caughtUp.byId('ten_1', 'rul_1')).toBe(rule);
});

test.each([
  ['ten_1', 'other'],
  ['ten_1', 'rul_gone'],
  ['ten_2', 'posture'],
  ['ten_2', 'rul_1'],
])('of the tenant %s knows no rule %s', async (tenantId, name) => {
  await expect(caughtUp.byIdOrName(tenantId, name)).rejects.toMatchObject({ code: 'not_found' });
});

test('sees what was acknowledged before it was asked', async () => {
  let known = rule;
  const newer = { ...rule, version: 2 };
  const decisionRule = () => known;
  const catchUp = async () => {
    known = newer;
  };
  const rules = new KnownRules({ decisionRule, decisionRulesOf: () => [], catchUp, checkHealth: () => {} });
  expect(await rules.byIdOrName('ten_1', 'rul_1')).toBe(newer);
  known = rule;
  expect(await rules.byId('ten_1', 'rul_1')).toBe(newer);
});

test('takes no name for an id in a dry run', async () => {
  await expect(caughtUp.byId('ten_1', 'posture')).rejects.toMatchObject({ code: 'not_found' });
});

test('goes on with what is known while the newest cannot be, and denies no rule then', async () => {
  expect(await behind.byIdOrName('ten_1', 'posture')).toBe(rule);
  await expect(behind.byIdOrName('ten_1', 'new')).rejects.toMatchObject({ code: 'unavailable' });
});

test('decides nothing under a configuration of a newer release', async () => {
  await expect(unreadable.byIdOrName('ten_1', 'posture')).rejects.toMatchObject({ code: 'unavailable' });
});
