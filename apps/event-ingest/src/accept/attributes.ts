import { type EventAttributes, pointerTo } from '@hookstile/contracts';
import {
  EXTENSION_NAME_MAX_CHARACTERS,
  EXTENSION_VALUE_MAX_CHARACTERS,
  EXTENSIONS_MAX_CHARACTERS,
  EXTENSIONS_MAX_COUNT,
  ID_MAX_CHARACTERS,
  SOURCE_MAX_CHARACTERS,
  SUBJECT_MAX_CHARACTERS,
  TIME_MAX_CHARACTERS,
  TYPE_MAX_CHARACTERS,
} from './accept.bounds.js';
import { isInstant } from './instant.js';
import type { AttributeError } from './rejection.js';

/** Attributes as some form of an event carries them; `undefined` and `null` both mean "not given". */
export interface GivenAttributes {
  id: unknown;
  source: unknown;
  type: unknown;
  subject: unknown;
  time: unknown;
  /** Every other context attribute: extensions, `dataschema`, and a `datacontenttype` other than JSON's usual one. */
  extensions: Readonly<Record<string, unknown>>;
}

type Extensions = EventAttributes['extensions'];

/** `data` is no attribute's name (CloudEvents 1.0, section "Naming conventions"): it would stand twice in JSON. */
const EXTENSION_NAME = /^(?!data$)[a-z0-9]+$/;

/** CloudEvents 1.0, section "Type system": neither C0 nor C1 control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

/** Counting code points walks the text, so it is left to the few texts where UTF-16 units leave it open. */
function isLongerThan(text: string, maxCharacters: number): boolean {
  if (text.length <= maxCharacters) return false;
  if (text.length > 2 * maxCharacters) return true;
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters > maxCharacters;
}

/** What is wrong with a text, or null. */
export function textError(name: string, value: unknown, maxCharacters: number): AttributeError | null {
  const wrong = (code: string, detail: string) => ({ pointer: `/${name}`, code, detail: `"${name}" ${detail}` });
  if (typeof value !== 'string') return wrong('type', 'must be a string.');
  if (value === '') return wrong('too_short', 'must not be empty.');
  if (isLongerThan(value, maxCharacters)) return wrong('too_long', `must have at most ${maxCharacters} characters.`);
  if (CONTROL_CHARACTER.test(value)) return wrong('control_character', 'must not hold control characters.');
  if (!value.isWellFormed()) return wrong('lone_surrogate', 'must not hold lone surrogates.');
  return null;
}

function required(errors: AttributeError[], name: string, value: unknown, maxCharacters: number): string {
  if (value === undefined || value === null) {
    errors.push({ pointer: `/${name}`, code: 'required', detail: `"${name}" is required.` });
    return '';
  }
  return optional(errors, name, value, maxCharacters) ?? '';
}

function optional(errors: AttributeError[], name: string, value: unknown, maxCharacters: number): string | null {
  if (value === undefined || value === null) return null;
  const error = textError(name, value, maxCharacters);
  if (error) errors.push(error);
  return error ? null : (value as string);
}

function instant(errors: AttributeError[], value: unknown): string | null {
  const time = optional(errors, 'time', value, TIME_MAX_CHARACTERS);
  if (time !== null && !isInstant(time)) {
    errors.push({ pointer: '/time', code: 'format', detail: '"time" must be an RFC 3339 date and time with a zone.' });
  }
  return time;
}

function extensionError(name: string, value: unknown): AttributeError | null {
  const pointer = pointerTo('', name);
  if (name.length > EXTENSION_NAME_MAX_CHARACTERS || !EXTENSION_NAME.test(name)) {
    return {
      pointer,
      code: 'name',
      detail: 'An extension has 1 to 64 lower-case letters and digits as its name, and is not called "data".',
    };
  }
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return null;
  if (value === '') return null;
  return textError(name, value, EXTENSION_VALUE_MAX_CHARACTERS);
}

function extensionsOf(errors: AttributeError[], given: Readonly<Record<string, unknown>>): Extensions {
  const extensions: Extensions = {};
  const names = Object.keys(given);
  if (names.length > EXTENSIONS_MAX_COUNT) {
    const detail = `An event has at most ${EXTENSIONS_MAX_COUNT} extensions.`;
    errors.push({ pointer: '', code: 'too_many_extensions', detail });
    return extensions;
  }
  let characters = 0;
  for (const name of names) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const error = extensionError(name, value);
    if (error) {
      errors.push(error);
      continue;
    }
    // Only now: an object's own members, or its depth, can make its text impossible.
    characters += name.length + String(value).length;
    extensions[name] = value as string | number | boolean;
  }
  if (characters > EXTENSIONS_MAX_CHARACTERS) {
    const detail = `Extensions have at most ${EXTENSIONS_MAX_CHARACTERS} characters together.`;
    errors.push({ pointer: '', code: 'too_long', detail });
  }
  return extensions;
}

/** The attributes of an event and all that is wrong with them; usable only where `errors` is empty. */
export function checkAttributes(
  given: GivenAttributes,
  tenantId: string,
  acceptedAt: string,
): { attributes: EventAttributes; errors: AttributeError[] } {
  const errors: AttributeError[] = [];
  const attributes: EventAttributes = {
    tenantId,
    source: required(errors, 'source', given.source, SOURCE_MAX_CHARACTERS),
    id: required(errors, 'id', given.id, ID_MAX_CHARACTERS),
    type: required(errors, 'type', given.type, TYPE_MAX_CHARACTERS),
    subject: optional(errors, 'subject', given.subject, SUBJECT_MAX_CHARACTERS),
    time: instant(errors, given.time),
    acceptedAt,
    extensions: extensionsOf(errors, given.extensions),
  };
  return { attributes, errors };
}
