import { _, type FuncKeywordDefinition, str } from 'ajv';

/** `digits` × 10^`exponent`, as the number is written shortest: what its producer wrote, for up to 15 digits. */
interface Written {
  digits: bigint;
  exponent: number;
}

/** Of 17 digits nothing is left behind so many tens, and no factor of theirs is missing in so many. */
const EXPONENT_DIFFERENCE_MAX = 60;
/** What dividing two doubles may be wrong by, generously. */
const QUOTIENT_ERROR = 2 ** -50;

function writtenOf(number: number): Written {
  const [mantissa = '', exponent = '0'] = String(Math.abs(number)).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

function isMultiple(value: number, divisor: number, written: Written): boolean {
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0;
  const quotient = value / divisor;
  // Most numbers that are none are far from one.
  if (Math.abs(quotient - Math.round(quotient)) > Math.abs(quotient) * QUOTIENT_ERROR) return false;
  const { digits, exponent } = writtenOf(value);
  const difference = exponent - written.exponent;
  const tens = 10n ** BigInt(Math.min(Math.abs(difference), EXPONENT_DIFFERENCE_MAX));
  return difference >= 0 ? (digits * tens) % written.digits === 0n : digits % (written.digits * tens) === 0n;
}

/** ajv's own divides doubles: 19.99 would be no multiple of 0.01, and 1e22 none of 1. This compares what was written. */
export const MULTIPLE_OF: FuncKeywordDefinition = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  compile: (divisor: number) => {
    const written = writtenOf(divisor);
    return (value: number) => isMultiple(value, divisor, written);
  },
  error: {
    message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
    params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
  },
};
