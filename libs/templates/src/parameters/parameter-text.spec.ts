import { expect, test } from 'vitest';
import { PARAMETER_NAMES } from './parameter-names.js';
import { parametersOf, textPartsOf } from './parameter-text.js';

test.each(PARAMETER_NAMES)('knows %%%s%', (name) => {
  expect(parametersOf(`a %${name}% b`)).toEqual({ known: [name], unknown: [] });
});

test('knows headers by any name and in any case', () => {
  const found = parametersOf('%headers.Accept-Language%%headers.ACCEPT-language%%headers.Authorization%');
  expect(found).toEqual({ known: ['headers.accept-language', 'headers.authorization'], unknown: [] });
});

test.each([
  '%Username%',
  '%user%',
  '%headers%',
  '%headers.%',
  '%Headers.X%',
  '%__proto__%',
  '%constructor%',
  '%name-x%',
])('does not know %s', (text) => {
  expect(parametersOf(text)).toEqual({ known: [], unknown: [text.slice(1, -1)] });
  expect(textPartsOf(text)).toEqual([{ text }]);
});

test.each(['50% of 60%', '100%', '%%', '%C3%A9', '%20a b%20', '{"a":"5%","b":"6%"}', '% username %'])(
  'finds no parameter in %s',
  (text) => expect(parametersOf(text)).toEqual({ known: [], unknown: [] }),
);

test('keeps the text between parameters as it is', () => {
  expect(textPartsOf('100%%username%;%groups%%')).toEqual([
    { text: '100%' },
    { parameter: 'username' },
    { text: ';' },
    { parameter: 'groups' },
    { text: '%' },
  ]);
});

// A reading that begins again at each character would not end within the time of a test.
test('reads a text of a million characters once', () => {
  expect(parametersOf('%a'.repeat(500_000)).known).toEqual([]);
  expect(textPartsOf(`%${'a'.repeat(1_000_000)}`)).toHaveLength(1);
});
