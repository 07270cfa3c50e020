import { ValidateBy } from 'class-validator';
import { storableJsonOf } from '../input/storable-json.js';

export const BODY_MAX_BYTES = 64 * 1024;
export const VALUE_MAX_CHARACTERS = 4_096;

/** A request body as text: an object or array stands for its JSON text. Null: there is none. */
export function bodyTextOf(given: unknown): string | null {
  if (given === undefined || given === null) return null;
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** Text, or an object or array that becomes its JSON text. */
export function IsBody(): PropertyDecorator {
  return ValidateBy({
    name: 'isBody',
    validator: {
      validate: (given) =>
        (typeof given === 'string' || typeof given === 'object') &&
        !bodyTextOf(given)?.includes('\0') &&
        Buffer.byteLength(bodyTextOf(given) ?? '') <= BODY_MAX_BYTES,
      defaultMessage: () =>
        `$property must be text, or an object or array, of at most ${BODY_MAX_BYTES} bytes without zero characters`,
    },
  });
}

/** Any JSON of at most `VALUE_MAX_CHARACTERS`. */
export function IsJsonValue(): PropertyDecorator {
  return ValidateBy({
    name: 'isJsonValue',
    validator: {
      validate: (given) =>
        given !== undefined && (storableJsonOf(given)?.length ?? Number.POSITIVE_INFINITY) <= VALUE_MAX_CHARACTERS,
      defaultMessage: () =>
        `$property must be JSON of at most ${VALUE_MAX_CHARACTERS} characters, without zero characters or endless numbers`,
    },
  });
}
