/** A number as it was written, exactly: ±0.`digits` × 10^`exponent`; zero has no digits. */
export interface Decimal {
  readonly isNegative: boolean;
  /** Neither the first nor the last one is a zero. */
  readonly digits: string;
  readonly exponent: number;
  /** The nearest double where that is in the same order as the number among all that have one; else NaN. */
  readonly double: number;
}

const PARTS = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const ZERO = '0'.charCodeAt(0);
/** Of so many digits no two numbers have the same double, as long as that is a normal one. */
const EXACT_MAX_DIGITS = 15;
const EXACT_MAX_EXPONENT = 300;
/** Beyond it exponents are all the same; no double's comes near, so that what is compared with one is told right. */
const EXPONENT_MAX = 1e15;

/** @param text a JSON number */
export function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const all = whole + fraction;
  // No regular expression: one that looks for zeros at the end looks again from each zero in the middle.
  let start = 0;
  while (all.charCodeAt(start) === ZERO) start += 1;
  let end = all.length;
  while (end > start && all.charCodeAt(end - 1) === ZERO) end -= 1;
  if (start === end) return { isNegative: false, digits: '', exponent: 0, double: 0 };
  const given = Math.max(-EXPONENT_MAX, Math.min(Number(exponent), EXPONENT_MAX));
  const point = whole.length - start + given;
  const isExact = end - start <= EXACT_MAX_DIGITS && Math.abs(point) <= EXACT_MAX_EXPONENT;
  const double = isExact ? Number(text) : Number.NaN;
  return { isNegative: sign !== '', digits: all.slice(start, end), exponent: point, double };
}

/** The same for all ways to write a number, and for no other number. */
export function decimalKey({ isNegative, digits, exponent }: Decimal): string {
  return `${isNegative ? '-' : ''}${digits}e${exponent}`;
}

/** Below zero: `left` is less; zero: they are the same. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const difference = left.double - right.double;
  if (!Number.isNaN(difference)) return difference;
  const [a, b] = [signOf(left), signOf(right)];
  if (a !== b || a === 0) return a - b;
  return a * compareSizes(left, right);
}

function signOf({ isNegative, digits }: Decimal): number {
  if (digits === '') return 0;
  return isNegative ? -1 : 1;
}

function compareSizes(left: Decimal, right: Decimal): number {
  if (left.exponent !== right.exponent) return left.exponent - right.exponent;
  if (left.digits === right.digits) return 0;
  return left.digits < right.digits ? -1 : 1;
}
