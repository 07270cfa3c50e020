import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SparseMap } from './sparse-map.js';

const step = fc.record({
  what: fc.constantFrom('set', 'set', 'delete', 'clear'),
  key: fc.nat({ max: 4 }),
  value: fc.nat(),
});

it('holds what a map holds, in its order, however often it was empty', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [sparse, model] = [new SparseMap<number, number>(), new Map<number, number>()];
      for (const { what, key, value } of steps) {
        if (what === 'delete') expect(sparse.delete(key)).toBe(model.delete(key));
        else if (what === 'clear') for (const map of [sparse, model]) map.clear();
        else for (const map of [sparse, model]) map.set(key, value);
        expect([...sparse]).toEqual([...model]);
        expect([...sparse.keys()]).toEqual([...model.keys()]);
        expect([...sparse.values()]).toEqual([...model.values()]);
        expect([sparse.size, sparse.get(key), sparse.has(key)]).toEqual([model.size, model.get(key), model.has(key)]);
      }
    }),
  );
});
