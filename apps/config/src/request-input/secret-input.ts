import { ValidateBy } from 'class-validator';
import { isStorableText } from '../input/text.js';
import { isMasked } from './masked-secret.js';

export const SECRET_MAX_LENGTH = 4_096;

const MASKED_MEMBERS = new Set(['set', 'lastFour', 'updatedAt']);

/** A secret as a user gives it: text, or the read-back form, which stands for "as it is". */
export function isSecretInput(value: unknown, maxLength = SECRET_MAX_LENGTH): boolean {
  // Its last four characters are kept beside it in the clear.
  if (typeof value === 'string') return value.length <= maxLength && isStorableText(value);
  return isMasked(value) && Object.keys(value as object).every((member) => MASKED_MEMBERS.has(member));
}

export function IsSecret(maxLength = SECRET_MAX_LENGTH): PropertyDecorator {
  return ValidateBy({
    name: 'isSecret',
    validator: {
      validate: (value) => isSecretInput(value, maxLength),
      defaultMessage: () => `$property must be a string of at most ${maxLength} characters, none of them zero`,
    },
  });
}
