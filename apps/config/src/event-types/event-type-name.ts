import { ProblemError } from '@hookstile/service-runtime';

/** In Unicode characters, as the front door counts those of an event's type. */
const NAME_MAX_CHARACTERS = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;
/** Of what Hookstile itself tells a tenant; no producer sends such events. */
const RESERVED_PREFIX = 'hookstile.';

/** Throws `invalid` for what no event's type can be, and `reserved_type` (422) for Hookstile's own. */
export function checkEventTypeName(type: string): void {
  if (type === '' || [...type].length > NAME_MAX_CHARACTERS || CONTROL_CHARACTER.test(type)) {
    const detail = `An event type has 1 to ${NAME_MAX_CHARACTERS} characters, none of them a control character.`;
    throw new ProblemError('invalid', detail);
  }
  if (type.startsWith(RESERVED_PREFIX)) {
    throw new ProblemError('reserved_type', `Types that begin with "${RESERVED_PREFIX}" are Hookstile's own.`);
  }
}
