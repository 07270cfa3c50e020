import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wantsType } from './naive-match.fake.js';
import { withoutCovered } from './type-patterns.js';

const type = fc
  .array(fc.constantFrom('a', 'b', '', 'hookstile'), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('.'));
const pattern = fc.oneof(
  fc.constant('*'),
  type,
  type.filter((prefix) => prefix !== '').map((prefix) => `${prefix}.*`),
);

test('what is left wants the same types, each by one pattern', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), fc.array(type, { maxLength: 20 }), (patterns, types) => {
      const left = withoutCovered(patterns);
      for (const each of types) {
        const wanting = left.filter((one) => wantsType(one, each));
        expect(wanting).toHaveLength(patterns.some((one) => wantsType(one, each)) ? 1 : 0);
      }
    }),
    { numRuns: 2_000 },
  );
});
