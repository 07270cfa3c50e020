import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from './run-scenario.ts';
import { appendUnanswered } from './scenarios/bad-links.ts';
import { dispatcherKilled } from './scenarios/killed-processes.ts';
import { FaultStack } from './stack/fault-stack.ts';

/** The seeded part of `npm run faults` that every `npm test` runs. */
const SEED = 4;
const TEST_TIMEOUT_MS = 200_000;

describe('real processes under faults', { timeout: TEST_TIMEOUT_MS }, () => {
  let stack: FaultStack;

  beforeAll(async () => {
    stack = await FaultStack.start({ keep: false });
  });
  afterAll(async () => {
    await stack?.stop();
  });

  it('keeps every promise when the dispatcher is killed in mid-request, and again soon after', async () => {
    const result = await runScenario(stack, dispatcherKilled, { seed: SEED, count: 2 });
    expect(result.findings).toEqual([]);
  });

  it('keeps every promise when answers to produce requests are lost after the append', async () => {
    const result = await runScenario(stack, appendUnanswered, { seed: SEED, count: 8 });
    expect(result.findings).toEqual([]);
    expect(result.duplicates).toBe(0);
  });
});
