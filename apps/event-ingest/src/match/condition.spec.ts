import type { Condition } from '@hookstile/contracts';
import { expect, test } from 'vitest';
import { compileCondition } from './condition.js';
import { pointedValueOf } from './pointed-value.js';

const ABSENT = null;
const holds = (op: Condition['op'], value: unknown, json: string | null) =>
  compileCondition({ pointer: '/data', op, value } as Condition).holds(
    json === ABSENT ? undefined : pointedValueOf(Buffer.from(json)),
  );

/** Op and value; for what it holds; for what it does not. */
const TABLE: [Condition['op'], unknown, (string | null)[], (string | null)[]][] = [
  ['eq', 1, ['1', '1.0', '10e-1'], ['2', '"1"', 'true', 'null', '[1]', '{}', ABSENT]],
  ['eq', 0, ['0', '-0', '0.0'], ['""', 'false', 'null', ABSENT]],
  ['eq', 0.1, ['0.1', '1e-1'], ['0.1000000000000000055511151231257827']],
  ['eq', 9007199254740991, ['9007199254740991'], ['9007199254740991.1', '9007199254740993']],
  ['eq', 'a', ['"a"', '"\\u0061"'], ['"A"', '"a "', '["a"]', ABSENT]],
  ['eq', '', ['""'], ['null', '[]', ABSENT]],
  ['eq', null, ['null'], ['""', '0', 'false', ABSENT]],
  ['eq', true, ['true'], ['false', '"true"', '1', ABSENT]],
  ['ne', 1, ['2', '"1"', 'null', '[1]', '{}', ABSENT], ['1', '1.00']],
  ['ne', null, ['1', ABSENT], ['null']],
  ['in', ['a', 1, null], ['"a"', '1.0', 'null'], ['"1"', '["a"]', ABSENT]],
  ['not_in', ['a', 1, null], ['"1"', '["a"]', ABSENT], ['"a"', '1.0', 'null']],
  ['contains', 'a', ['["a"]', '[1, {"b":2}, "\\u0061"]'], ['"a"', '[["a"]]', '{"a":"a"}', '[]', ABSENT]],
  ['contains', 1, ['[1.0]'], ['["1"]', '1']],
  ['exists', true, ['1', 'null', '[]', '{}', '""', 'false'], [ABSENT]],
  ['exists', false, [ABSENT], ['1', 'null']],
  ['prefix', 'ab', ['"ab"', '"abc"', '"\\u0061b"'], ['"Ab"', '"a"', '["ab"]', '1', ABSENT]],
  ['gt', 5, ['5.1', '1e400'], ['5', '4', '"6"', 'null', '[6]', ABSENT]],
  ['gte', 5, ['5.0', '6'], ['4.999999999999999999999', '"5"', ABSENT]],
  ['lt', 5, ['4.999999999999999999999', '-1e400'], ['5', '5.0', '"4"', 'null', ABSENT]],
  ['lte', -5, ['-5', '-5.00001'], ['-4.99', '"-6"', 'true', ABSENT]],
];

test.each(TABLE)('%s %j', (op, value, yes, no) => {
  expect(yes.filter((json) => !holds(op, value, json))).toEqual([]);
  expect(no.filter((json) => holds(op, value, json))).toEqual([]);
});

test('conditions that mean the same are one, and others are not', () => {
  const idOf = (op: Condition['op'], value: unknown, pointer = '/data') =>
    compileCondition({ pointer, op, value } as Condition).id;
  expect(idOf('eq', 1)).toBe(idOf('in', [1, 1]));
  expect(idOf('in', ['a', 'b'])).toBe(idOf('in', ['b', 'a']));
  expect(idOf('ne', 1)).toBe(idOf('not_in', [1]));
  const different = [
    idOf('eq', 1),
    idOf('eq', '1'),
    idOf('ne', 1),
    idOf('contains', 1),
    idOf('gt', 1),
    idOf('gte', 1),
    idOf('prefix', '1'),
    idOf('exists', true),
    idOf('exists', false),
    idOf('eq', 1, '/subject'),
    idOf('eq', 'a","b'),
    idOf('in', ['a', 'b']),
  ];
  expect(new Set(different).size).toBe(different.length);
});
