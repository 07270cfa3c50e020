import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawElementsOf, rawObjectOf, rawValueOf } from './raw-json.js';

const bytesOf = (text: string) => Buffer.from(text);
const textOf = (json: Buffer, at: { start: number; end: number } | undefined) =>
  at && json.subarray(at.start, at.end).toString();

function depthByParse(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthByParse));
}

const indentation = fc.constantFrom(undefined, 1, '\t', ' \t ');

test('an object is cut where JSON.parse sees its members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), indentation, (object, indent) => {
      const parsed = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
      const json = bytesOf(` \n${JSON.stringify(parsed, null, indent)}\r\n`);
      const raw = rawObjectOf(json);
      expect([...(raw?.members.keys() ?? [])].sort()).toEqual(Object.keys(parsed).sort());
      expect(raw?.duplicate).toBeNull();
      for (const [name, value] of Object.entries(parsed)) {
        const at = raw?.members.get(name);
        expect(JSON.parse(textOf(json, at) ?? '')).toEqual(value);
        expect(at?.depth).toBe(depthByParse(value));
      }
    }),
  );
});

test('an array is cut where JSON.parse sees its elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), indentation, (array, indent) => {
      const json = bytesOf(JSON.stringify(array, null, indent));
      const elements = rawElementsOf(json)?.map((at) => JSON.parse(textOf(json, at) ?? ''));
      expect(elements).toEqual(JSON.parse(json.toString()));
    }),
  );
});

test('depth counts nested arrays and objects', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(rawValueOf(bytesOf(JSON.stringify(value))).depth).toBe(depthByParse(JSON.parse(JSON.stringify(value))));
    }),
  );
});

test('never runs on for ever, whatever the bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', '1', 'n') }),
      (text) => {
        for (const read of [rawValueOf, rawObjectOf, rawElementsOf]) {
          try {
            read(bytesOf(text));
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      },
    ),
  );
});

test('refuses a name with an escape that JSON does not know', () => {
  expect(() => rawObjectOf(bytesOf('{"\\{"'))).toThrow(RangeError);
});

test('finds a duplicate that is hidden by an escape', () => {
  expect(rawObjectOf(bytesOf('{"data":1,"\\u0064ata":2}'))?.duplicate).toBe('data');
});

test('leaves duplicates of nested objects alone', () => {
  expect(rawObjectOf(bytesOf('{"data":{"a":1,"a":2}}'))?.duplicate).toBeNull();
});

test('keeps whitespace, escapes and number forms inside a value and none around it', () => {
  const json = bytesOf('{ "data" :  { "n" : 1.50E+2 , "s":"\\u00e9\\"}" }  , "type":"t"}');
  expect(textOf(json, rawObjectOf(json)?.members.get('data'))).toBe('{ "n" : 1.50E+2 , "s":"\\u00e9\\"}" }');
});

test('brackets inside strings are not counted', () => {
  expect(rawValueOf(bytesOf('["[[[{{{\\"]", 1]')).depth).toBe(1);
});
