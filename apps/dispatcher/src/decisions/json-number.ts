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

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepTexts: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? new JsonNumber(value, source) : value;

/** Parses JSON, keeping the texts of numbers where they say more. Throws where the text is not JSON. */
export function parseJsonKeepingNumbers(text: string): unknown {
  // TypeScript does not know the third argument of revivers yet.
  return JSON.parse(text, keepTexts as Parameters<typeof JSON.parse>[1]);
}
