import type { Ordering } from '@hookstile/contracts';
import { aDelivery, type DeliveryOverrides } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { laneKeyOf } from './lane-key.js';

const deliveryOf = (delivery: DeliveryOverrides, offset = 7) => {
  const { envelope, bytes } = aDelivery(delivery);
  return { envelope, data: bytes, offset };
};

const keyAt = (key: string, delivery: DeliveryOverrides = {}) =>
  laneKeyOf({ mode: 'by-key', key, maxConcurrency: 8 }, deliveryOf(delivery));

const keyOfData = (pointer: string, data: string) => keyAt(pointer, { data });

describe('the key of a lane', () => {
  it('is the same for all deliveries of a strict integration', () => {
    expect(laneKeyOf({ mode: 'strict' }, deliveryOf({ event: { subject: 'a' } }))).toBe('main');
  });

  it('is an attribute or extension of the event that the pointer names', () => {
    const event = { subject: 'door/7', type: 't.a', source: '/s', id: 'e1', extensions: { floor: 3, 'a~b': true } };
    const pointers = ['/subject', '/type', '/source', '/id', '/floor', '/a~0b', '/specversion'];
    expect(pointers.map((pointer) => keyAt(pointer, { event }))).toEqual([
      'door/7',
      't.a',
      '/s',
      'e1',
      '3',
      'true',
      '1.0',
    ]);
  });

  it('is a value in the data by its text: strings as they are, the rest as it was sent, without whitespace', () => {
    const data =
      '{ "a/b" : { "n": 1.50, "s": "\\u0041 b", "list": [ 1 , { "x y": "p  \\" q" } ], "yes": true, "": "e" } }';
    expect(
      ['/data/a~1b/n', '/data/a~1b/s', '/data/a~1b/list', '/data/a~1b/list/0', '/data/a~1b/yes', '/data/a~1b/'].map(
        (pointer) => keyOfData(pointer, data),
      ),
    ).toEqual(['1.50', 'A b', '[1,{"x y":"p  \\" q"}]', '1', 'true', 'e']);
    expect(keyOfData('/data', '[ 1 ]')).toBe('[1]');
  });

  it('is `main` for what has no such value', () => {
    expect(keyAt('/subject', { event: { subject: null } })).toBe('main');
    expect(['/nope', '/subject/x', 'subject', '', '/toString'].map((pointer) => keyAt(pointer))).toEqual(
      Array(5).fill('main'),
    );
    const cases = [
      ['/data/a', '{"a":null}'],
      ['/data/a/b', '{"a":1}'],
      ['/data/1', '[1]'],
      ['/data/01', '[1,2]'],
      ['/data/a', 'no json {'],
      ['/data/a', ''],
    ] as const;
    expect(cases.map(([pointer, data]) => keyOfData(pointer, data))).toEqual(Array(6).fill('main'));
  });

  it.each([
    ['longer than 200 characters', 'x'.repeat(201)],
    ['that holds a NUL', 'a\u0000b'],
    ['that holds a control character', 'a\nb'],
    ['with a lone surrogate', '\ud800'],
    ['that is empty', ''],
    ['that is a dot segment', '..'],
  ])('is the hash of a value %s', (_, subject) => {
    const key = keyAt('/subject', { event: { subject } });
    expect(key).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(keyAt('/subject', { event: { subject } })).toBe(key);
  });

  it('is another one for another value that is hashed', () => {
    const keys = ['\ud800', '\ud801', '', '.', '..', `${'x'.repeat(200)}y`, `${'x'.repeat(200)}z`];
    expect(new Set(keys.map((subject) => keyAt('/subject', { event: { subject } }))).size).toBe(7);
    expect(keyAt('/subject', { event: { subject: 'x'.repeat(200) } })).toBe('x'.repeat(200));
  });

  it('is one a delivery where there is no order, and one a redelivery of it', () => {
    const unordered: Ordering = { mode: 'unordered', maxConcurrency: 8 };
    const { envelope } = deliveryOf({});
    expect(laneKeyOf(unordered, deliveryOf({}))).toBe(envelope.deliveryId);
    expect(laneKeyOf(unordered, deliveryOf({ trigger: 'redelivery' }, 9))).toBe(`${envelope.deliveryId}@9`);
  });
});
