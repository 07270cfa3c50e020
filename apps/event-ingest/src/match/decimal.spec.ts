import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDecimals, decimalKey, decimalOf } from './decimal.js';

const keyOf = (text: string) => decimalKey(decimalOf(text));
const order = (left: string, right: string) => Math.sign(compareDecimals(decimalOf(left), decimalOf(right)));

const digits = fc.string({ unit: fc.constantFrom('0', '0', '1', '9'), minLength: 1, maxLength: 4 });
const whole = fc.oneof(
  fc.constant('0'),
  digits.map((text) => `1${text}`),
);
const text = fc
  .tuple(fc.boolean(), whole, fc.option(digits), fc.option(fc.integer({ min: -4, max: 4 })))
  .map(([minus, start, fraction, exponent]) => {
    const sign = minus ? '-' : '';
    return `${sign}${start}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `E${exponent}`}`;
  });

/** The number times 10^12, exactly. */
function scaled(number: string): bigint {
  const [mantissa = '', exponent = '0'] = number.split('E');
  const [start = '', fraction = ''] = mantissa.split('.');
  return BigInt(start + fraction) * 10n ** BigInt(12 + Number(exponent) - fraction.length);
}

test('orders numbers, and knows the same ones, as exact arithmetic does', () => {
  fc.assert(
    fc.property(text, text, (left, right) => {
      const difference = scaled(left) - scaled(right);
      expect(order(left, right)).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
      expect(keyOf(left) === keyOf(right)).toBe(difference === 0n);
    }),
  );
});

test('knows numbers apart that a double cannot', () => {
  expect(keyOf('9007199254740993')).not.toBe(keyOf('9007199254740992'));
  expect(order('9007199254740993', '9007199254740992')).toBe(1);
  expect(keyOf('0.1')).not.toBe(keyOf('0.1000000000000000055511151231257827'));
  expect(order('1e400', '1e399')).toBe(1);
  expect(order('-1e400', '-1e399')).toBe(-1);
});

test('zero has no sign', () => {
  for (const zero of ['0', '-0', '0.00', '0e5', '-0E-5']) expect(keyOf(zero)).toBe(keyOf('0'));
  expect(order('-0', '0')).toBe(0);
});

test('takes its time from the length of a number alone', () => {
  const long = `${'10'.repeat(100_000)}e${'9'.repeat(50_000)}`;
  expect(order(long, '1e308')).toBe(1);
  expect(order(`1e-${'9'.repeat(50_000)}`, '1e-308')).toBe(-1);
});
