import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptIdOf, deliveryIdOf, newId } from './ids.js';
import { partitionOf } from './partition.js';
import { traceIdOf } from './trace-context.js';

const part = fc.string({ minLength: 0, maxLength: 12 });

describe('newId', () => {
  it('sorts by time', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.uint8Array({ minLength: 10, maxLength: 10 }), (a, b, random) => {
        fc.pre(a < b);
        expect(newId('int', a, random) < newId('int', b, random)).toBe(true);
      }),
    );
  });

  it('has its prefix and 26 characters', () => {
    expect(newId('int', 1_700_000_000_000, new Uint8Array(10).fill(255))).toMatch(/^int_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('refuses too little randomness', () => {
    expect(() => newId('int', 0, new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('deliveryIdOf', () => {
  it('is the same for the same tenant, source, event id and integration', () => {
    expect(deliveryIdOf('t', 's', 'e', 'i')).toBe(deliveryIdOf('t', 's', 'e', 'i'));
  });

  it('differs when any part differs, also where the joined texts would be equal', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), fc.tuple(part, part, part, part), (a, b) => {
        expect(deliveryIdOf(...a) === deliveryIdOf(...b)).toBe(a.every((text, i) => text === b[i]));
      }),
    );
    expect(deliveryIdOf('a', 'bc', 'd', 'e')).not.toBe(deliveryIdOf('ab', 'c', 'd', 'e'));
  });
});

describe('attemptIdOf', () => {
  it('names delivery, epoch and attempt', () => {
    expect(attemptIdOf('dlv_abc', 3, 2)).toBe('att_abc_3_2');
  });
});

describe('partitionOf', () => {
  it('is frozen: a changed hash would move keys and break their order', () => {
    expect(['int_1', 'int_2', 'tenant', 'ä'].map((key) => partitionOf(key, 12))).toMatchInlineSnapshot(`
      [
        4,
        10,
        2,
        11,
      ]
    `);
  });
});

describe('traceIdOf', () => {
  it('takes the trace id of a valid traceparent and nothing else', () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(traceIdOf(`00-${trace}-00f067aa0ba902b7-01`)).toBe(trace);
    for (const bad of [null, '', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `00-${trace}-${'0'.repeat(16)}-01`, 'x']) {
      expect(traceIdOf(bad)).toBeNull();
    }
  });
});
