import { ValidateBy } from 'class-validator';
import { isStorableText } from './text.js';

/**
 * A value's JSON text, or null where it cannot be kept as it is: Postgres keeps no zero character in JSON, and JSON no
 * number beyond a double's range.
 */
export function storableJsonOf(given: unknown): string | null {
  let storable = true;
  const text = JSON.stringify(given, (name: string, value: unknown) => {
    if (!isStorableText(name) || (typeof value === 'string' && !isStorableText(value))) storable = false;
    if (typeof value === 'number' && !Number.isFinite(value)) storable = false;
    return value;
  });
  return storable ? text : null;
}

/** Any JSON that takes at most so many bytes as text. */
export function IsJsonWithin(maxBytes: number): PropertyDecorator {
  return ValidateBy({
    name: 'isJsonValue',
    validator: {
      validate: (given) => {
        const text = given === undefined ? null : storableJsonOf(given);
        return text !== null && Buffer.byteLength(text) <= maxBytes;
      },
      defaultMessage: () =>
        `$property must be JSON of at most ${maxBytes} bytes, without zero characters or endless numbers`,
    },
  });
}
