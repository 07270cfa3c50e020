import { describe, expect, it } from 'vitest';
import { type DomainEventForms, newestSchemaVersion, upcast } from './upcasting.js';

const forms: DomainEventForms = {
  types: ['LampMade', 'LampLit'],
  upcasts: {
    LampMade: [(data) => ({ watts: 60, ...(data as object) }), (data) => ({ ...(data as object), colour: 'white' })],
  },
};

describe('a stored domain event', () => {
  it('is brought to its newest form step by step, from whichever version it has', () => {
    const read = (schemaVersion: number, data: unknown) => upcast(forms, { type: 'LampMade', schemaVersion, data });
    expect(read(1, {})).toEqual({ watts: 60, colour: 'white' });
    expect(read(1, { watts: 40 })).toEqual({ watts: 40, colour: 'white' });
    expect(read(2, { watts: 40 })).toEqual({ watts: 40, colour: 'white' });
    expect(read(3, { colour: 'red' })).toEqual({ colour: 'red' });
    expect(newestSchemaVersion(forms, 'LampMade')).toBe(3);
  });

  it('of a type without upcasts is read as it is', () => {
    expect(upcast(forms, { type: 'LampLit', schemaVersion: 1, data: { a: 1 } })).toEqual({ a: 1 });
    expect(newestSchemaVersion(forms, 'LampLit')).toBe(1);
  });

  it.each([
    [4, 'LampMade'],
    [0, 'LampMade'],
    [1.5, 'LampMade'],
    [2, 'LampLit'],
  ])('of version %d of %s, which nobody here knows, stops with an error', (schemaVersion, type) => {
    expect(() => upcast(forms, { type, schemaVersion, data: {} })).toThrow(
      expect.objectContaining({ code: 'newer_domain_event', retryable: false }),
    );
  });

  it.each(['LampSold', 'toString'])('of the type %s, which nobody here knows, stops with an error', (type) => {
    expect(() => upcast(forms, { type, schemaVersion: 1, data: {} })).toThrow(
      expect.objectContaining({ code: 'unknown_domain_event' }),
    );
  });
});
