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

  it('let redeliveries pass', () => {
    expect(isReplay(marks, { ...at(1), trigger: 'redelivery' })).toBe(false);
  });
});
