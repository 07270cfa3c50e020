import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RoutingOracle } from './routing-oracle.fake.js';
import { DETAILS_COUNT, RoutingWorld } from './routing-world.fake.js';

const RUNS = 10_000;
const TIMEOUT_MS = 600_000;
const CHOICES_MAX = 1_000 * DETAILS_COUNT - 1;

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

test('a router that took an event, and died, does not undo that another rejected it: the same one is taken later', async () => {
  const world = new RoutingWorld();
  await world.follow([
    'router 1 starts',
    'router 1: load of progress: answered',
    'event e3 (u, 1) of ten_2 in partition 1',
    'router 1 hears of its partitions',
    'router 1: load of progress: answered',
    'router 1 fetches 1 of partition 1',
    'router 1: barrier: answered',
    'router 1: beginnings: done',
    'router 1: write of 1 records: done',
    'router 1 is asked to stop',
    'router 1: timer of 8000 ms: fires',
    'ten_2 is created',
    'router 2 starts',
    'router 2 hears of its partitions',
    'router 2 fetches 1 of partition 1',
    'router 2: load of progress: answered',
    'router 2: load of progress: answered',
    'router 2 is killed, and its writes arrive',
    'event e3 (u, 1) of ten_2 in partition 1',
  ]);
  await world.settle();
  expectNothingBroken(world, 'at the end');
});
