import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reshapedJson } from './reshaped-json.js';
import { reshapingOf, reshapingProblem } from './reshaping.js';

function reshaped(json: string, rename: Record<string, string> = {}, omit: string[] = []): string {
  const reshaping = reshapingOf(rename, omit);
  return reshaping === null ? json : reshapedJson(Buffer.from(json), reshaping).toString();
}

test('renames by name and by pointer, and keeps position, whitespace and number forms', () => {
  expect(reshaped('{ "a" : 0.00 ,\n"b":{"c":[1, {"d":1e5}]} }', { a: 'x"', '/b/c/1/d': 'y' })).toBe(
    '{ "x\\"" : 0.00 ,\n"b":{"c":[1, {"y":1e5}]} }',
  );
});

test.each([
  [['a'], '{ "b": 2 ,\n"c":3 }'],
  [['b'], '{ "a" :1.0 ,\n"c":3 }'],
  [['c'], '{ "a" :1.0 , "b": 2 }'],
  [['a', 'b'], '{ "c":3 }'],
  [['a', 'c'], '{ "b": 2 }'],
  [['b', 'c'], '{ "a" :1.0 }'],
  [['a', 'b', 'c'], '{  }'],
])('leaves %j out with its comma', (omit, expected) => {
  expect(reshaped('{ "a" :1.0 , "b": 2 ,\n"c":3 }', {}, omit)).toBe(expected);
});

test('leaves elements of arrays out, counted as they were before', () => {
  expect(reshaped('{"l":[0.0, 1,2 ,[3]]}', {}, ['/l/0', '/l/2', '/l/3/0'])).toBe('{"l":[1 ,[]]}');
});

test('takes a name for no element of an array: those are counted by pointers', () => {
  expect(reshaped('[1.0,2]', {}, ['0'])).toBe('[1.0,2]');
  expect(reshaped('[1.0,2]', {}, ['0', '/0'])).toBe('[2]');
  expect(reshaped('{"0":1,"1":2}', {}, ['0', '/1'])).toBe('{}');
});

test('reads the escapes of a pointer, and a name without a slash as one name', () => {
  expect(reshaped('{"a/b":1,"m~n":2,"x.y":3}', { '/a~1b': 'p', '/m~0n': 'q', 'x.y': 'r' })).toBe('{"p":1,"q":2,"r":3}');
});

test('finds a name that is written with escapes', () => {
  expect(reshaped('{"\\u0061":1}', { a: 'b' })).toBe('{"b":1}');
});

test('changes nothing where the names are absent, or the body is no object', () => {
  for (const json of ['{"b": 1.0}', ' [1, 2] ', '"a"', ' 5\n', '{}', '[]']) {
    expect(reshaped(json, { a: 'x', '/c/d': 'y' }, ['z', '/q/0'])).toBe(json);
  }
});

test('swaps names, and takes the name of what is left out', () => {
  expect(reshaped('{"a":1,"b":2}', { a: 'b', b: 'a' })).toBe('{"b":1,"a":2}');
  expect(reshaped('{"a":1,"b":2}', { a: 'b' }, ['b'])).toBe('{"b":1}');
});

test('fails where two members would have one name', () => {
  expect(() => reshaped('{"a":1,"b":2}', { a: 'b' })).toThrow('two that are called "b"');
  expect(() => reshaped('{"o":{"a":1,"b":2}}', { '/o/a': 'x', '/o/b': 'x' })).toThrow('two that are called "x"');
});

test('objects to nothing that the producer did: a name sent twice is renamed twice', () => {
  expect(reshaped('{"a":1,"a":2}', { a: 'b' })).toBe('{"b":1,"b":2}');
  expect(reshaped('{"a":1,"a":2,"c":3}', { c: 'd' })).toBe('{"a":1,"a":2,"d":3}');
});

test.each<[Record<string, string>, string[], RegExp]>([
  [{ '/a~2': 'x' }, [], /JSON pointer/],
  [{}, ['/~'], /JSON pointer/],
  [{ a: 'x', '/a': 'y' }, [], /renamed twice/],
  [{ a: 'x' }, ['/a'], /both renamed and left out/],
  [{}, [`/${'a/'.repeat(64)}`], /deeper than 64/],
  [{}, Array.from({ length: 201 }, (_, index) => `n${index}`), /At most 200/],
])('refuses %j with %j', (rename, omit, sentence) => {
  expect(reshapingProblem(rename, omit)).toMatch(sentence);
});

const member = fc.record({
  name: fc.stringMatching(/^[a-e]{1,2}$/),
  value: fc.constantFrom(
    '1.00',
    '1e5',
    '12345678901234567890',
    '"\\/\\u00e9,}"',
    '[ 1, {"a":2.0} ]',
    '{ "a" : [] }',
    'null',
  ),
  space: fc.constantFrom('', ' ', '\n\t'),
});

test('keeps the bytes and the order of all members that it does not leave out', () => {
  const members = fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 8 });
  fc.assert(
    fc.property(members, fc.array(fc.stringMatching(/^[a-e]{1,2}$/)), fc.string(), (given, omit, newName) => {
      const json = `{${given.map(({ name, value, space }) => `${space}"${name}"${space}:${space}${value}`).join(',')}}`;
      const [first] = given;
      const renamed =
        first && !omit.includes(first.name) && !newName.startsWith('/') && newName.length > 2 ? first.name : null;
      const made = reshaped(json, renamed === null ? {} : { [renamed]: newName }, omit);
      const kept = given.filter(({ name }) => !omit.includes(name));
      const nameOf = (name: string) => JSON.stringify(name === renamed ? newName : name);
      expect(Object.keys(JSON.parse(made))).toHaveLength(kept.length);
      let at = 0;
      for (const { name, value, space } of kept) {
        const text = `${nameOf(name)}${space}:${space}${value}`;
        expect(made.indexOf(text, at)).toBeGreaterThanOrEqual(at);
        at = made.indexOf(text, at) + text.length;
      }
    }),
  );
});
