import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from './run-scenario.ts';
import { accounting } from './scenarios/accounting.ts';
import { appendUnanswered } from './scenarios/bad-links.ts';
import { changedWhileDisabling } from './scenarios/changed-settings.ts';
import { dispatcherKilled } from './scenarios/killed-dispatchers.ts';
import { routerKilledBetweenWrites } from './scenarios/killed-ingest.ts';
import type { Scenario } from './scenarios/scenario.types.ts';
import { FaultStack } from './stack/fault-stack.ts';

/** The seeded part of `npm run faults` that every `npm test` runs. */
const SEED = 4;
const TEST_TIMEOUT_MS = 240_000;

describe('real processes under faults', { timeout: TEST_TIMEOUT_MS }, () => {
  let stack: FaultStack;

  beforeAll(async () => {
    stack = await FaultStack.start({ keep: false });
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const run = async (scenario: Scenario, count: number) => {
    const result = await runScenario(stack, scenario, { seed: SEED, count });
    expect(result.findings).toEqual([]);
    return result;
  };

  it('keeps every promise when the dispatcher is killed in mid-request, and again soon after', async () => {
    await run(dispatcherKilled, 2);
  });

  it('keeps every promise when the router is killed between its two writes, and repeats nothing', async () => {
    expect((await run(routerKilledBetweenWrites, 2)).duplicates).toBe(0);
  });

  it('keeps every promise when answers to produce requests are lost after the append', async () => {
    expect((await run(appendUnanswered, 6)).duplicates).toBe(0);
  });

  it('accounts for every event, whatever becomes of it, while front door, router and audit are killed', async () => {
    expect((await run(accounting, 3)).duplicates).toBe(0);
  });

  it('carries a disabling out whatever an admin does during its round trip', async () => {
    await run(changedWhileDisabling, 1);
  });
});
