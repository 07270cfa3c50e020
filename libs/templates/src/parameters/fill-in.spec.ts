import { expect, test } from 'vitest';
import { bodyPartsOf } from './body-parts.js';
import { FILLED_IN_MAX_BYTES, FilledInTooLongError, fillIn, placedIn } from './fill-in.js';
import { textPartsOf } from './parameter-text.js';

const HOSTILE = '"},"admin":true,{"x":"\\ \r\n\u0000\u2028\ud800 é&<%username%';
const HOSTILE_VALUES = new Map([['username', HOSTILE]]);

function bodyOf(text: string, value = HOSTILE, contentType: string | null = null): string {
  return fillIn(bodyPartsOf(text, contentType).parts, new Map([['username', value]]));
}

test('keeps a value inside the JSON string that it stands in', () => {
  expect(JSON.parse(bodyOf('{"u":"<%username%>","n":1.0}'))).toEqual({ u: `<${HOSTILE}>`, n: 1 });
});

test('writes a value outside of JSON strings as a string of its own', () => {
  expect(JSON.parse(bodyOf('{"u":%username%}'))).toEqual({ u: HOSTILE });
  expect(bodyOf('{"u": %username%}', 'true, "admin": true')).toBe('{"u": "true, \\"admin\\": true"}');
});

test.each(['{"u":"%username%",}', '{"u":"\\%username%"}', '{u: "%username%"}', "{'u': '%username%'}"])(
  'writes nothing that could end a string into what is meant as JSON and is not: %s',
  (text) =>
    expect(bodyOf(text, '"\'\\{}[],:/#')).toBe(
      bodyOf(text, 'X').replace('X', '\\u0022\\u0027\\u005c\\u007b\\u007d\\u005b\\u005d\\u002c\\u003a\\u002f\\u0023'),
    ),
);

test('takes an object for JSON whatever its content type says', () => {
  expect(JSON.parse(bodyOf('{"u":"%username%"}', HOSTILE, 'text/plain'))).toEqual({ u: HOSTILE });
});

test.each([
  ['{"u":"%username%"}\n{"v":1}', 'application/x-ndjson'],
  ['\n{"u":"%username%"}\n{"v":1}', 'application/jsonl; charset=utf-8'],
  ['{"u":"%username%",}', 'application/json5'],
  ['{ user(name: "%username%") { id } }', 'application/graphql'],
])('lets no value end a string of %s, a %s', (text, contentType) => {
  expect(bodyOf(text, '","admin":"', contentType)).toBe(
    text.replace('%username%', '\\u0022\\u002c\\u0022admin\\u0022\\u003a\\u0022'),
  );
});

test('leaves the values of plain text readable', () => {
  expect(bodyOf('[alert] %username% is "out"', "o'neil: a/b", 'text/plain')).toBe(`[alert] o'neil: a/b is "out"`);
});

test('writes a value for the content type of a body that is not JSON', () => {
  expect(bodyOf('u=%username%&a=1', 'a&b=c d', 'application/x-www-form-urlencoded; charset=utf-8')).toBe(
    'u=a%26b%3Dc%20d&a=1',
  );
  expect(bodyOf('<u>%username%</u>', '</u><a b="c">&', 'text/xml')).toBe(
    '<u>&lt;/u&gt;&lt;a b=&quot;c&quot;&gt;&amp;</u>',
  );
  expect(bodyOf('user: %username%', 'a\r\nadmin: 1')).toBe('user: a  admin: 1');
});

test('lets no value begin another header', () => {
  const parts = placedIn('header', textPartsOf('u=%username%'));
  expect(fillIn(parts, HOSTILE_VALUES)).not.toMatch(/[\r\n\0]/);
});

test('writes nothing for a missing value', () => {
  expect(fillIn(bodyPartsOf('{"a":"%device_id%","b":%groups%}', null).parts, new Map())).toBe('{"a":"","b":""}');
});

test('never fills in what a value holds', () => {
  expect(bodyOf('%username%', '%username%%groups%')).toBe('%username%%groups%');
});

test('ends at a mebibyte', () => {
  const parts = placedIn('text', textPartsOf('%username%'.repeat(1_025)));
  const values = new Map([['username', 'ü'.repeat(512)]]);
  expect(() => fillIn(parts, values)).toThrow(FilledInTooLongError);
  expect(Buffer.byteLength(fillIn(parts.slice(1), values))).toBe(FILLED_IN_MAX_BYTES);
});

test('shows the parameters only where the text around them is not to be seen', () => {
  const parts = placedIn('header', textPartsOf('Bearer s3cret-%username%'));
  expect(fillIn(parts, new Map([['username', 'ann']]), () => '***')).toBe('***ann');
});
