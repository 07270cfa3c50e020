import { type ProblemError, parseBody } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { InputErrors } from '../input/input-errors.js';
import { filterSettings } from './filter-settings.js';
import { IntegrationDto } from './integration.dto.js';

function settingsOf(filter: unknown) {
  const { filter: given = [] } = parseBody(IntegrationDto, { name: 'x', url: 'https://example.com', filter });
  const errors = new InputErrors();
  const settings = filterSettings(given, errors);
  errors.throwIfAny();
  return settings;
}

function errorsOf(filter: unknown): [pointer: string, code: string][] {
  try {
    settingsOf(filter);
    return [];
  } catch (error) {
    return (error as ProblemError).errors?.map(({ pointer, code }) => [pointer, code]) ?? [];
  }
}

const many = (count: number, value: unknown = 'v') => Array.from({ length: count }, () => value);
const at = (pointer: unknown) => ({ pointer, op: 'exists', value: true });
const of = (op: string, value: unknown) => ({ pointer: '/data/a', op, value });

describe('a filter', () => {
  it('is kept as it is given, in plain objects', () => {
    const filter = [
      of('eq', 'a'),
      of('ne', null),
      of('contains', 1.5),
      of('in', ['a', 1, true, null]),
      of('not_in', [false]),
      of('exists', false),
      of('prefix', 'a'),
      ...['gt', 'gte', 'lt', 'lte'].map((op) => of(op, -1)),
    ];
    expect(settingsOf(filter)).toStrictEqual(filter);
    expect(settingsOf([of('eq', -0), of('in', [-0]), of('gt', -0)])).toStrictEqual([
      of('eq', 0),
      of('in', [0]),
      of('gt', 0),
    ]);
  });

  it.each(['/type', '/subject', '/time', '/traceid', '/data', '/data/', '/data/a~1b/0/~0', `/data${'/a'.repeat(15)}`])(
    'may point at %s',
    (pointer) => {
      expect(errorsOf([at(pointer)])).toEqual([]);
    },
  );

  it.each([
    ['', 'is_length'],
    ['/', 'json_pointer'],
    ['data', 'json_pointer'],
    ['/type/a', 'json_pointer'],
    ['/Subject', 'json_pointer'],
    ['/data/~2', 'json_pointer'],
    ['/data/\0', 'matches'],
    [`/data/${'a'.repeat(250)}`, 'is_length'],
    [`/data${'/a'.repeat(16)}`, 'too_deep'],
    [1, 'matches'],
  ])('may not point at %j', (pointer, code) => {
    expect(errorsOf([at(pointer)])).toEqual([['/filter/0/pointer', code]]);
  });

  it.each([
    [of('eq', {}), '/filter/0/value', 'is_scalar'],
    [of('eq', ['a']), '/filter/0/value', 'is_scalar'],
    [of('contains', []), '/filter/0/value', 'is_scalar'],
    [of('in', 'a'), '/filter/0/value', 'is_list'],
    [of('in', []), '/filter/0/value', 'is_list'],
    [of('not_in', many(101)), '/filter/0/value', 'is_list'],
    [of('in', ['a', {}]), '/filter/0/value/1', 'is_scalar'],
    [of('exists', 'true'), '/filter/0/value', 'is_boolean'],
    [of('exists', null), '/filter/0/value', 'is_boolean'],
    [of('prefix', ''), '/filter/0/value', 'is_string'],
    [of('prefix', 1), '/filter/0/value', 'is_string'],
    [of('gt', '1'), '/filter/0/value', 'is_number'],
    [of('lte', null), '/filter/0/value', 'is_number'],
    [of('eq', 2 ** 53), '/filter/0/value', 'inexact_number'],
    [of('in', [-(2 ** 53)]), '/filter/0/value/0', 'inexact_number'],
    [of('lt', 1e21), '/filter/0/value', 'inexact_number'],
    [of('prefix', 'v'.repeat(2_049)), '/filter/0/value', 'max_length'],
    [of('eq', 'v'.repeat(2_049)), '/filter/0/value', 'max_length'],
    [of('eq', '\0'), '/filter/0/value', 'is_json_value'],
    [of('eq', undefined), '/filter/0/value', 'required'],
    [of('matches', 'a'), '/filter/0/op', 'is_in'],
    [{ ...of('eq', 1), not: true }, '/filter/0/not', 'unknown_member'],
  ])('takes no %j', (condition, pointer, code) => {
    expect(errorsOf([condition])).toEqual([[pointer, code]]);
  });

  it('has at most 20 conditions, and says of each what is wrong', () => {
    expect(errorsOf(many(20, of('eq', 1)))).toEqual([]);
    expect(errorsOf(many(21, of('eq', 1)))).toEqual([['/filter', 'array_max_size']]);
    expect(errorsOf([of('eq', 1), { ...of('gt', 'a'), pointer: 'a' }, of('in', [[], 2 ** 53])])).toEqual([
      ['/filter/1/pointer', 'json_pointer'],
      ['/filter/1/value', 'is_number'],
      ['/filter/2/value/0', 'is_scalar'],
      ['/filter/2/value/1', 'inexact_number'],
    ]);
  });

  it('takes 100 values, and texts of 2,048 characters', () => {
    expect(errorsOf([of('in', many(100))])).toEqual([]);
    expect(errorsOf([of('eq', 'v'.repeat(2_048)), of('prefix', '💻'.repeat(2_048))])).toEqual([]);
    expect(errorsOf([of('eq', '💻'.repeat(2_049))])).toEqual([['/filter/0/value', 'max_length']]);
  });

  it.each([null, {}, 'a', [null], [[]], ['a']])('is a list of conditions, not %j', (filter) => {
    expect(errorsOf(filter)[0]?.[0]).toBe('/filter');
  });
});
