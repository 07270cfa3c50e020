import { aDecisionRule } from '@hookstile/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Circuits } from './circuits.js';
import { CIRCUIT_FAILURES, CIRCUIT_OPEN_MS } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';

const rule = aDecisionRule();
const answered = (status: number): HookAnswer => ({
  kind: 'answered',
  answer: { status, headers: [], body: Buffer.alloc(0), truncated: false },
});
const failed = (error: 'timeout' | 'connect' | 'blocked_address'): HookAnswer => ({
  kind: 'failed',
  error,
  detail: '',
});
const OPEN: HookAnswer = { kind: 'circuit-open' };

let circuits: Circuits;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  circuits = new Circuits();
});
afterEach(() => {
  vi.useRealTimers();
});

async function ask(times: number, answer: HookAnswer, of = rule): Promise<HookAnswer> {
  let last = answer;
  for (let i = 0; i < times; i += 1) last = await circuits.guard(of, async () => answer);
  return last;
}

test.each([
  ['timeouts', failed('timeout')],
  ['broken connections', failed('connect')],
  ['answers of 5xx', answered(503)],
])('opens after so many %s in a row, and not before', async (_, failure) => {
  expect(await ask(CIRCUIT_FAILURES - 1, failure)).toBe(failure);
  await ask(1, answered(200));
  expect(await ask(CIRCUIT_FAILURES, failure)).toBe(failure);
  expect(circuits.open).toBe(1);
  expect(await ask(1, answered(200))).toEqual(OPEN);
});

test.each([
  ['answers of 4xx', answered(404)],
  ['blocked addresses', failed('blocked_address')],
])('stays closed after %s', async (_, answer) => {
  expect(await ask(CIRCUIT_FAILURES * 2, answer)).toBe(answer);
});

test('lets one probe through after a while, and nobody waits for it', async () => {
  await ask(CIRCUIT_FAILURES, failed('timeout'));
  vi.setSystemTime(Date.now() + CIRCUIT_OPEN_MS);
  const { promise, resolve } = Promise.withResolvers<HookAnswer>();
  const probe = circuits.guard(rule, () => promise);
  expect(await ask(1, answered(200))).toEqual(OPEN);
  resolve(answered(200));
  expect(await probe).toEqual(answered(200));
  expect(await ask(1, answered(200))).toEqual(answered(200));
  expect(circuits.open).toBe(0);
});

test('opens again where the probe fails', async () => {
  await ask(CIRCUIT_FAILURES, failed('timeout'));
  vi.setSystemTime(Date.now() + CIRCUIT_OPEN_MS);
  expect(await ask(1, failed('timeout'))).toEqual(failed('timeout'));
  expect(await ask(1, answered(200))).toEqual(OPEN);
});

test('is of one rule, and begins anew with its next version', async () => {
  await ask(CIRCUIT_FAILURES, failed('timeout'));
  expect(await ask(1, answered(200), aDecisionRule({ id: 'rul_2' }))).toEqual(answered(200));
  expect(await ask(1, answered(200), aDecisionRule({ version: 2 }))).toEqual(answered(200));
});
