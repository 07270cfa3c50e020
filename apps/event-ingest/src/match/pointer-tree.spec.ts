import { tokensOf } from '@hookstile/contracts';
import { expect, test } from 'vitest';
import { type PointedValue } from './pointed-value.js';
import { PointerTree } from './pointer-tree.js';

function read(json: string, ...pointers: string[]): (string | undefined)[] {
  const tree = new PointerTree();
  for (const pointer of pointers) tree.add(pointer, tokensOf(pointer));
  const found = tree.read(Buffer.from(json));
  const shown = (value: PointedValue | undefined) => value && ('key' in value ? value.key : value.kind);
  return pointers.map((pointer) => shown(found.get(pointer)));
}

test('leads as RFC 6901 says', () => {
  const json = '{"":1,"a/b":2,"m~n":3,"~1":4," ":5,"a":{"b":[6,{"c":7}]},"0":8}';
  const pointers = ['', '/', '/a~1b', '/m~0n', '/~01', '/ ', '/a/b/0', '/a/b/1/c', '/a/b', '/0'];
  expect(read(json, ...pointers)).toEqual(['object', '1e1', '2e1', '3e1', '4e1', '5e1', '6e1', '7e1', 'array', '8e1']);
});

test('leads to no element by anything but its index, and to nothing inside of a scalar', () => {
  expect(read('[1,2]', '/01', '/-', '/2', '/-1', '/length', '/1e0', '/1/0')).toEqual(Array(7).fill(undefined));
  expect(read('"ab"', '/0', '/length')).toEqual([undefined, undefined]);
});

test('leads to own members alone', () => {
  const pointers = ['/__proto__', '/constructor', '/toString', '/hasOwnProperty'];
  expect(read('{}', ...pointers)).toEqual(Array(4).fill(undefined));
  expect(read('{"__proto__":1,"constructor":{"a":2}}', '/__proto__', '/constructor/a')).toEqual(['1e1', '2e1']);
});

test('takes the last of members that stand twice, also where it has less', () => {
  expect(read('{"a":{"b":1},"a":{"c":2}}', '/a/b', '/a/c')).toEqual([undefined, '2e1']);
  expect(read('{"a":1,"\\u0061":2}', '/a')).toEqual(['2e1']);
});

test('reads the deepest data that is accepted', () => {
  const depth = 64;
  const json = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  expect(read(json, '/a'.repeat(depth), '/a'.repeat(depth + 1))).toEqual(['1e1', undefined]);
});
