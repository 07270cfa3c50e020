import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f]*$/;

const NO_ZERO_CHARACTER = /^[^\0]*$/;

/** Whether Postgres can keep a text in JSON. */
export function isStorableText(text: string): boolean {
  return NO_ZERO_CHARACTER.test(text);
}

/** Text that Postgres can keep in JSON; of a list, each. */
export function Storable(options: { each?: boolean } = {}): PropertyDecorator {
  return Matches(NO_ZERO_CHARACTER, { ...options, message: '$property must not hold zero characters' });
}

/** One line of text: a string of so many characters, none of them a control character. */
export function Line(minLength: number, maxLength: number): PropertyDecorator {
  return applyDecorators(
    Matches(NO_CONTROL_CHARACTERS, { message: '$property must not hold control characters' }),
    Length(minLength, maxLength),
    IsString(),
  );
}
