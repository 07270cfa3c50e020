import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LaneRunnerWorld } from './lane-runner-world.fake.js';

// So small that histories of a few lanes meet every bound.
vi.mock('./lane.bounds.js', async (original) => ({
  ...(await original<object>()),
  WAKE_PAGE_LANES: 2,
  LANES_AWAKE_MAX: 4,
  LANES_AWAKE_PER_ATTEMPT: 1,
  LANES_AWAKE_OF_ONE_MIN: 2,
  LANES_IN_MEMORY_OF_ONE: 3,
  HELD_PAGE_ROWS: 2,
  TRACKED_MAX_COUNT: 12,
}));

/** More, and longer, ones for a night: LANE_HISTORIES and LANE_STEPS_MAX. */
const HISTORIES = Number(process.env.LANE_HISTORIES ?? 10_000);
const STEPS_MAX = Number(process.env.LANE_STEPS_MAX ?? 100);
const HISTORIES_TIMEOUT_MS = 240_000;

describe("a partition's lanes, in memory and as rows only", () => {
  const anyPlan = fc.array(fc.record({ choice: fc.nat(9_999), amount: fc.integer({ min: 1, max: 6 }) }), {
    maxLength: STEPS_MAX,
    size: 'max',
  });

  it('lose nothing, send nothing twice, keep the order of each key and every bound, whatever happens', {
    timeout: HISTORIES_TIMEOUT_MS,
  }, async () => {
    let slept = 0;
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const world = new LaneRunnerWorld();
        for (const { choice, amount } of plan) await world.step(choice, amount);
        await world.settle();
        slept += world.slept;
        const told = `\n${world.history.join('\n')}\n`;
        expect(world.violations, told).toEqual([]);
        expect(world.ended.size, told).toBe(world.log.length);
        expect(world.leftOver, told).toEqual({ rows: 0, memory: 0, lowWater: world.log.length, awake: 0, may: 0 });
      }),
      { numRuns: HISTORIES },
    );
    expect(slept).toBeGreaterThan(HISTORIES / 4);
  });
});
