import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneOwners } from './lane-owners.fake.js';

const HISTORIES = 10_000;
const HISTORIES_TIMEOUT_MS = 60_000;

describe('a lane and its owners', () => {
  const anyPlan = fc.array(fc.record({ choice: fc.nat(9_999), amount: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 150,
    size: 'max',
  });

  it('lose nothing, keep the order and repeat only what the journal did not know, whenever an owner dies', {
    timeout: HISTORIES_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(3), (plan, batch) => {
        const owners = new LaneOwners(batch);
        for (const { choice, amount } of plan) owners.step(choice, amount);
        owners.settle();
        const told = `\n${owners.history.join('\n')}\n`;
        const offsets = owners.log.map(({ offset }) => offset);
        const firsts = [...new Set(owners.successes)];
        expect(owners.violations, told).toEqual([]);
        expect(owners.ended, told).toEqual(offsets);
        expect(firsts, told).toEqual([...firsts].sort((a, b) => a - b));
        expect([owners.rows.size, owners.lowWater], told).toEqual([0, offsets.length]);
      }),
      { numRuns: HISTORIES },
    );
  });
});
