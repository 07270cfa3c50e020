import { describe, expect, it } from 'vitest';
import { advanceMark, isReplay, type MarkedDelivery, type Marks } from './marks.js';

const at = (sourceOffset: number, integrationId = 'int_b', sourcePartition = 0): MarkedDelivery => ({
  sourcePartition,
  sourceOffset,
  integrationId,
  trigger: 'event',
});

describe('marks', () => {
  const marks: Marks = new Map();
  advanceMark(marks, at(5));

  it('tell a replay from what is new, within an event by integration', () => {
    expect([at(4, 'int_z'), at(5, 'int_a'), at(5)].map((delivery) => isReplay(marks, delivery))).toEqual([
      true,
      true,
      true,
    ]);
    expect([at(5, 'int_c'), at(6, 'int_a'), at(0, 'int_a', 1)].map((delivery) => isReplay(marks, delivery))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("tell a redelivery's replay by how far that partition of `redeliveries` is known, whatever is known of events", () => {
    const known: Marks = new Map(marks);
    const again = (sourceOffset: number) => ({ ...at(sourceOffset), trigger: 'redelivery' as const });
    expect(isReplay(known, again(1))).toBe(false);
    advanceMark(known, again(1));
    expect([again(1), again(0), again(2)].map((delivery) => isReplay(known, delivery))).toEqual([true, true, false]);
    expect([at(5), at(6)].map((delivery) => isReplay(known, delivery))).toEqual([true, false]);
  });

  it('let tests pass, which stand in no topic', () => {
    expect(isReplay(marks, { ...at(1), trigger: 'test' })).toBe(false);
  });
});
