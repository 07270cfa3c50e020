import { ProblemError } from '@hookstile/service-runtime';
import { expect, test } from 'vitest';
import { decisionInputOf, testInputOf } from './decision-input.js';

function errorsOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'invalid')
      return error.errors?.map(({ pointer, code }) => [pointer, code]);
    throw error;
  }
}

test('reads the rule and the context', () => {
  expect(decisionInputOf({ rule: 'posture', context: { username: 'ann' } })).toEqual({
    rule: 'posture',
    values: new Map([['username', 'ann']]),
  });
  expect(decisionInputOf({ rule: 'rul_1' }).values.size).toBe(0);
  expect(testInputOf(undefined).size).toBe(0);
  expect(testInputOf({ context: null }).size).toBe(0);
});

test.each([
  [[], '', 'is_object'],
  ['text', '', 'is_object'],
  [{}, '/rule', 'required'],
  [{ rule: '' }, '/rule', 'required'],
  [{ rule: 1 }, '/rule', 'required'],
  [{ rule: 'a', contxt: {} }, '/contxt', 'unknown_member'],
  [{ rule: 'a', 'x/y': 1 }, '/x~1y', 'unknown_member'],
  [{ rule: 'a', context: [] }, '/context', 'is_object'],
  [{ rule: 'a', context: { user: 'a' } }, '/context/user', 'unknown_member'],
  [{ rule: 'a', context: { certificate: 'no PEM' } }, '/context/certificate', 'not_a_certificate'],
])('refuses %j at %s as %s', (body, pointer, code) => {
  expect(errorsOf(() => decisionInputOf(body))).toEqual([[pointer, code]]);
});

test('takes no rule in a dry run, and no null for a body', () => {
  expect(errorsOf(() => testInputOf(null))).toEqual([['', 'is_object']]);
  expect(errorsOf(() => testInputOf({ rule: 'a' }))).toEqual([['/rule', 'unknown_member']]);
});
