import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RoutingOracle } from './routing-oracle.fake.js';
import { RoutingWorld } from './routing-world.fake.js';

const RUNS = 10_000;
const TIMEOUT_MS = 600_000;
const CHOICES_MAX = 999_999;

const anyHistory = fc.array(fc.nat(CHOICES_MAX), { minLength: 1, maxLength: 100, size: 'max' });

/** Fails with the history as lines. */
function expectNothingBroken(world: RoutingWorld, when: string): void {
  const violations = [...world.violations, ...new RoutingOracle(world.history, world.messaging).violations];
  if (violations.length > 0) expect.fail(`${when}:\n${[...world.lines, '', ...violations].join('\n')}`);
}

test(
  'whatever fails, crashes, moves and comes late, each event has one fate, in order, and none is lost',
  async () => {
    const property = fc.asyncProperty(anyHistory, async (choices) => {
      const world = new RoutingWorld();
      for (const choice of choices) await world.step(choice);
      await world.settle();
      expectNothingBroken(world, 'at the end');
      const written = world.messaging.requests.length;
      await world.replayAll();
      expect(world.messaging.requests.length, 'requests of a replay from the first offset').toBe(written);
    });
    await fc.assert(property, { numRuns: RUNS, verbose: 0 });
  },
  TIMEOUT_MS,
);
