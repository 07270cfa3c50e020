import { describe, expect, it } from 'vitest';
import { differences, type Ids, replaced } from './same-form.js';

const EXAMPLE_ID = 'int_01kxyzabcdefghjkmnpqrstvwx';
const ACTUAL_ID = 'int_01m82a5wtstn6r7100q6z3hrbe';
const OTHER_ID = 'int_01m82a5wtstn6r7100q6z3hrbf';

const EXAMPLE = {
  id: EXAMPLE_ID,
  name: 'SIEM',
  at: '2026-01-02T03:04:05.678Z',
  durationMs: 12,
  items: [{ version: 1, url: 'https://example.com/hook' }],
  body: '{"at":"2026-01-02T03:04:05.678Z","n":1}',
};
const ACTUAL = {
  ...EXAMPLE,
  id: ACTUAL_ID,
  at: '2026-11-22T19:01:58.250Z',
  durationMs: 3.25,
  items: [{ version: 1, url: 'http://127.0.0.1:5000/hook' }],
  body: '{"n":1, "at":"2026-11-22T19:01:58.250Z"}',
};
const idsOf = (): Ids => new Map([['https://example.com', 'http://127.0.0.1:5000']]);
const different = (actual: unknown) => differences(EXAMPLE, actual, idsOf());

describe('the form of an answer', () => {
  it('is an example’s where ids, times and measures alone are others', () => {
    expect(different(ACTUAL)).toEqual([]);
  });

  it.each([
    ['another value', { ...ACTUAL, name: 'siem' }, '/name'],
    ['another number', { ...ACTUAL, items: [{ ...ACTUAL.items[0], version: 2 }] }, '/items/0/version'],
    ['another kind of id', { ...ACTUAL, id: 'ten-1' }, '/id'],
    ['a time of another form', { ...ACTUAL, at: '2026-11-22T19:01:58Z' }, '/at'],
    ['a measure that is no number', { ...ACTUAL, durationMs: '3' }, '/durationMs'],
    ['null', { ...ACTUAL, at: null }, '/at'],
    ['a member more', { ...ACTUAL, secret: 'x' }, '/secret'],
    ['a member less', { ...ACTUAL, items: [{ version: 1 }] }, '/items/0/url'],
    ['an item more', { ...ACTUAL, items: [...ACTUAL.items, ...ACTUAL.items] }, '/items'],
    ['the example’s own address', { ...ACTUAL, items: EXAMPLE.items }, '/items/0/url'],
    ['another document in a text', { ...ACTUAL, body: '{"n":2,"at":"2026-11-22T19:01:58.250Z"}' }, '/body'],
  ])('is not with %s', (_what, actual, pointer) => {
    const found = different(actual);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${pointer}: `));
  });

  it('holds one id for one of the examples, from its first answer on', () => {
    const ids = idsOf();
    expect(differences({ id: EXAMPLE_ID }, { id: ACTUAL_ID }, ids)).toEqual([]);
    expect(differences({ id: EXAMPLE_ID }, { id: ACTUAL_ID }, ids)).toEqual([]);
    expect(differences({ id: EXAMPLE_ID }, { id: OTHER_ID }, ids)).toHaveLength(1);
    expect(replaced(`/v1/integrations/${EXAMPLE_ID}/test`, ids)).toBe(`/v1/integrations/${ACTUAL_ID}/test`);
  });
});
