import { expect, test } from 'vitest';
import { jsonpArgumentOf } from './jsonp.js';

const LONG = 1_000_000;

test.each([
  'cb({"a":1})',
  'cb({"a":1});',
  ' \n cb ( {"a":1} ) ; \n',
  '/**/cb({"a":1});',
  `/**/ typeof cb === 'function' && cb({"a":1});`,
  'window.app.cb1({"a":1})',
  'callbacks[3]({"a":1})',
  'cbs["a-b"].done({"a":1})',
  '$_x({"a":1})',
  'rückruf({"a":1})',
  'alert({"a":1})',
  '// API callback\ncb({"a":1});',
  '/* cb({"a":2}) */ /**/\n// ) \r\ncb({"a":1})',
])('reads the argument of %s', (text) => {
  expect(JSON.parse(jsonpArgumentOf(text) ?? '')).toEqual({ a: 1 });
});

test.each([
  '',
  '{"a":1}',
  '({"a":1})',
  'cb',
  'cb(',
  'cb{"a":1}',
  'cb({"a":1}',
  'new cb({"a":1})',
  '1cb({"a":1})',
  'cb()({"a":1}',
  '<script>cb({"a":1})</script>',
  `typeof other === 'function' && cb({"a":1})`,
  '/* evil();cb({"a":1})',
  '/*/cb({"a":1})',
  '// cb({"a":1})',
  'var x = cb({"a":1})',
  '!function(){evil()}({"a":1})',
])('knows that %s is no call of one function', (text) => {
  expect(jsonpArgumentOf(text)).toBeNull();
});

test.each([
  'cb({"a":1});evil()',
  'cb({"a":1},evil())',
  'cb(evil())',
  'cb({a:1})',
  'cb({"a":function(){evil()}()})',
  'cb((function(){globalThis.pwned=true;return {"a":1}})())',
  'cb({"a":1}/**/)',
  'cb(`evil()`)',
  'cb({"a":1})()',
  'cb()',
  'cb({"a":1}))',
])('leaves what is no JSON in %s to the JSON parser, which refuses it', (text) => {
  const argument = jsonpArgumentOf(text);
  expect(() => JSON.parse(argument ?? '')).toThrow(SyntaxError);
  expect('pwned' in globalThis).toBe(false);
});

// So long that a reading which begins again at each character would not end within the time of a test.
test.each([
  ['members', 'a.'.repeat(LONG / 2)],
  ['a name', `typeof ${'a'.repeat(LONG)}`],
  ['indexes', 'a[1]'.repeat(LONG / 4)],
  ['spaces', ' '.repeat(LONG)],
  ['parentheses', '('.repeat(LONG)],
  ['beginnings of comments', '/*'.repeat(LONG / 2)],
  ['comments', '/**/'.repeat(LONG / 4)],
  ['lines', '//\n'.repeat(LONG / 4)],
])('reads a long text of %s once', (_, text) => {
  expect(jsonpArgumentOf(text)).toBeNull();
});
