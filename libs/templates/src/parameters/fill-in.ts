import { headerText, jsonStringText } from '../places.js';
import type { TextPart } from './parameter-text.js';
import type { ParameterValues } from './parameter-values.js';

/** What a text may become by its values. */
export const FILLED_IN_MAX_BYTES = 1024 * 1024;

/**
 * Where a value stands: between the quotes of a JSON string; in a JSON text outside of strings, where it becomes a
 * string of its own; in what is meant as JSON and is not; in a header; in a form; in XML; or in text of another kind,
 * whose lines it cannot break.
 */
export type Place = 'json-string' | 'json-value' | 'nearly-json' | 'header' | 'form' | 'xml' | 'text';

export type PlacedPart = { text: string } | { parameter: string; place: Place };

/** The values make a text longer than `FILLED_IN_MAX_BYTES`. */
export class FilledInTooLongError extends Error {
  readonly code = 'too_long';
  readonly retryable = false;

  constructor() {
    super(`With its parameters filled in, the text is longer than ${FILLED_IN_MAX_BYTES} bytes.`);
  }
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among what is escaped.
const JSON_STRUCTURE = /[\u0000-\u001f"'\\{}[\],:/#]/g;

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const WRITERS: Readonly<Record<Place, (value: string) => string>> = {
  'json-string': jsonStringText,
  'json-value': (value) => JSON.stringify(value),
  // Where a lenient reader sees strings begin and end is not known, so that nothing is written that could mark one.
  'nearly-json': (value) => value.toWellFormed().replace(JSON_STRUCTURE, unicodeEscape),
  header: headerText,
  form: (value) => encodeURIComponent(value.toWellFormed()),
  xml: (value) => headerText(value).replace(/[&<>"']/g, (character) => XML_ESCAPES[character] ?? ''),
  text: headerText,
};

/** A value as it can stand in a place. */
export function writtenFor(place: Place, value: string): string {
  return WRITERS[place](value);
}

export function placedIn(place: Place, parts: readonly TextPart[]): PlacedPart[] {
  return parts.map((part) => ('text' in part ? part : { ...part, place }));
}

/**
 * The text with its parameters' values, once: what a value holds is never filled in again. An absent value is empty.
 * @param ofText what is written of the text around the parameters; by default all of it
 * Throws `FilledInTooLongError`.
 */
export function fillIn(
  parts: readonly PlacedPart[],
  values: ParameterValues,
  ofText: (text: string) => string = (text) => text,
): string {
  const written: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    const text = 'text' in part ? ofText(part.text) : writtenFor(part.place, values.get(part.parameter) ?? '');
    bytes += Buffer.byteLength(text);
    if (bytes > FILLED_IN_MAX_BYTES) throw new FilledInTooLongError();
    written.push(text);
  }
  return written.join('');
}
