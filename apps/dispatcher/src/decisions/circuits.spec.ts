import { aDecisionRule } from '@hookstile/testing';
import { beforeEach, expect, test } from 'vitest';
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
let nowMs: number;

beforeEach(() => {
  nowMs = 1_000;
  circuits = new Circuits(() => nowMs);
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
  nowMs += CIRCUIT_OPEN_MS;
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
  nowMs += CIRCUIT_OPEN_MS;
  expect(await ask(1, failed('timeout'))).toEqual(failed('timeout'));
  expect(await ask(1, answered(200))).toEqual(OPEN);
});

test('stays open for its time, by a clock that does not jump', async () => {
  await ask(CIRCUIT_FAILURES, failed('timeout'));
  nowMs += CIRCUIT_OPEN_MS - 1;
  expect(await ask(1, answered(200))).toEqual(OPEN);
  nowMs += 1;
  expect(await ask(1, answered(200))).toEqual(answered(200));
});

test('stays closed where what was asked before a hook was well again ends, however much it is', async () => {
  const { promise: hung, resolve } = Promise.withResolvers<HookAnswer>();
  const hanging = Array.from({ length: CIRCUIT_FAILURES * 2 }, () => circuits.guard(rule, () => hung));
  expect(await ask(1, answered(200))).toEqual(answered(200));
  resolve(failed('timeout'));
  await Promise.all(hanging);
  expect(await ask(1, answered(200))).toEqual(answered(200));
});

test('opens where as many hang at once, and none asked later is answered', async () => {
  const { promise: hung, resolve } = Promise.withResolvers<HookAnswer>();
  const hanging = Array.from({ length: CIRCUIT_FAILURES }, () => circuits.guard(rule, () => hung));
  resolve(failed('timeout'));
  await Promise.all(hanging);
  expect(await ask(1, answered(200))).toEqual(OPEN);
});

test('is of one rule, and begins anew with its next version', async () => {
  await ask(CIRCUIT_FAILURES, failed('timeout'));
  expect(await ask(1, answered(200), aDecisionRule({ id: 'rul_2' }))).toEqual(answered(200));
  expect(await ask(1, answered(200), aDecisionRule({ version: 2 }))).toEqual(answered(200));
});
