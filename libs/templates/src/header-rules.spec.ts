import { expect, test } from 'vitest';
import { headerNameProblem, headerValueProblem } from './header-rules.js';

test.each(['', 'a b', 'X-Ä', 'a:b', 'a\n', 'x'.repeat(256)])('does not take %j for a header name', (name) => {
  expect(headerNameProblem(name)).toBe('is no header name.');
});

test.each(['Host', 'content-LENGTH', 'Webhook-Anything', 'Proxy-Authorization', 'User-Agent', 'tracestate'])(
  'keeps %s for Hookstile',
  (name) => {
    expect(headerNameProblem(name)).toMatch(/^is set by Hookstile/);
  },
);

test('leaves every other name to the user', () => {
  for (const name of ['Authorization', 'Content-Type', 'X-Team', '_a~']) expect(headerNameProblem(name)).toBeNull();
});

test('refuses a value that could end its header', () => {
  for (const value of ['a\r\nb: c', 'a\nb', '\u0000', '\u007f', '€'])
    expect(headerValueProblem(value)).toMatch(/^must not/);
  for (const value of ['', 'a\tb', 'ü']) expect(headerValueProblem(value)).toBeNull();
});
