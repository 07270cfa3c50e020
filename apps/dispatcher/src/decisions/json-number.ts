/** A number whose text says more than its value does: `1.0`, or more digits than a double holds. */
export class JsonNumber {
  constructor(
    readonly value: number,
    readonly text: string,
  ) {}

  /** Where it is shown. */
  toJSON(): number {
    return this.value;
  }
}

const NUMBER = /^(-?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** One text for all that write the same number: its sign, its digits without zeros at the ends, its exponent. */
function normalized(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  let start = 0;
  while (start < end && digits[start] === '0') start += 1;
  return start === end
    ? '0'
    : `${sign}${digits.slice(start, end)}e${Number(exponent) + digits.length - end - fraction.length}`;
}

/** Whether two JSON texts of numbers write the same number, however many digits a double would drop. */
export function isSameNumber(left: string, right: string): boolean {
  return normalized(left) === normalized(right);
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepTexts: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? new JsonNumber(value, source) : value;

/** Parses JSON, keeping the texts of numbers where they say more. Throws where the text is not JSON. */
export function parseJsonKeepingNumbers(text: string): unknown {
  // TypeScript does not know the third argument of revivers yet.
  return JSON.parse(text, keepTexts as Parameters<typeof JSON.parse>[1]);
}
