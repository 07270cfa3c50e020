import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f]*$/;

/** One line of text: a string of so many characters, none of them a control character. */
export function Line(minLength: number, maxLength: number): PropertyDecorator {
  return applyDecorators(
    Matches(NO_CONTROL_CHARACTERS, { message: '$property must not hold control characters' }),
    Length(minLength, maxLength),
    IsString(),
  );
}
