import { ValidateBy } from 'class-validator';

/** A comma begins the next header only where a token and a colon follow: `A: b, c, D: e` is two headers. */
const NEXT_HEADER = /,\s*(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+:)/;

/** Headers as an object of name and value, from an object or from the text `A: b, C: d`. Null: the text is no such list. */
export function headersOf(input: unknown): Record<string, unknown> | null {
  if (typeof input !== 'string') return { ...(input as Record<string, unknown> | undefined) };
  const headers = new Map<string, string>();
  if (input.trim() === '') return {};
  for (const part of input.split(NEXT_HEADER)) {
    const colon = part.indexOf(':');
    if (colon < 1) return null;
    const name = part.slice(0, colon).trim();
    if (headers.has(name)) return null;
    headers.set(name, part.slice(colon + 1).trim());
  }
  return Object.fromEntries(headers);
}

export function IsHeaders(): PropertyDecorator {
  return ValidateBy({
    name: 'isHeaders',
    validator: {
      validate: (value) =>
        typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
      defaultMessage: () => '$property must be an object, or a text such as "A: b, C: d"',
    },
  });
}
