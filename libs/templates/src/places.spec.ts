import { expect, test } from 'vitest';
import { headerText, jsonStringText } from './places.js';

test('keeps a value inside the JSON string that it stands in', () => {
  const hostile = 'a"},{"b":"\\\n\u0000\ud800';
  expect(JSON.parse(`{"v":"${jsonStringText(hostile)}"}`)).toEqual({ v: hostile });
});

test('keeps a value inside the header that it stands in', () => {
  expect(headerText('a\r\nX-Injected: 1\u0000\u007f')).toBe('a  X-Injected: 1  ');
});
