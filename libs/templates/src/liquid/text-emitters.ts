import type { Emitter } from 'liquidjs';
import { jsonStringText } from '../places.js';
import { JsonText, jsonTextOf, plainTextOf, tooLong } from './json-text.js';
import { SourcedValue, sourceOf } from './sourced-value.js';
import { TEMPLATE_OUTPUT_MAX_BYTES } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';

/** What an output such as `{{ data.id }}` puts out, told by its class from the template's own text. */
export class PutOut {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function bounded(text: string): string {
  // A byte count is never below the characters'; the bytes are counted once, at the end.
  if (text.length > TEMPLATE_OUTPUT_MAX_BYTES) throw tooLong();
  return text;
}

/** For text that is captured, for headers, and for bodies that are not JSON. */
export class PlainEmitter implements Emitter {
  buffer = '';

  write(piece: unknown): void {
    this.buffer = bounded(this.buffer + (piece instanceof PutOut ? plainTextOf(piece.value) : String(piece)));
  }
}

/** A number is how many digits of an escape such as `\u00e9` are still to come. */
type Place = 'outside' | 'string' | 'escape' | 1 | 2 | 3 | 4;

const BEHIND_DIGIT = { 4: 3, 3: 2, 2: 1, 1: 'string' } as const;

function placeBehind(character: number, place: Place): Place {
  if (typeof place === 'number') return BEHIND_DIGIT[place];
  if (place === 'escape') return character === 0x75 ? 4 : 'string';
  if (character === 0x22) return place === 'string' ? 'outside' : 'string';
  return character === 0x5c && place === 'string' ? 'escape' : place;
}

function placeAfter(text: string, before: Place): Place {
  let place = before;
  for (let at = 0; at < text.length; at += 1) place = placeBehind(text.charCodeAt(at), place);
  return place;
}

function isContainerOfData(value: unknown): boolean {
  if (value instanceof SourcedValue) return value.kind === 'object' || value.kind === 'array';
  return typeof value === 'object' && value !== null && sourceOf(value) !== null;
}

/**
 * For JSON: what is put out is written for where it stands, so that no value can end the string, or the value, that it
 * stands in.
 */
export class JsonEmitter implements Emitter {
  buffer = '';
  /** The same with `[]` for arrays and objects of data, which are known to be JSON: well-formed exactly when all is. */
  skeleton = '';
  #place: Place = 'outside';

  write(piece: unknown): void {
    if (piece instanceof PutOut) {
      this.#put(piece.value);
    } else {
      const text = String(piece);
      this.#append(text, text);
      this.#place = placeAfter(text, this.#place);
    }
  }

  #put(value: unknown): void {
    switch (this.#place) {
      case 'outside': {
        const text = value instanceof JsonText ? value.text : jsonTextOf(value);
        this.#append(text, isContainerOfData(value) ? '[]' : text);
        return;
      }
      case 'string': {
        const text = jsonStringText(plainTextOf(value));
        this.#append(text, text);
        return;
      }
      default:
        throw new TemplateFailedError(
          'A value stands in an escape behind a backslash, which would change what it says.',
        );
    }
  }

  #append(text: string, skeleton: string): void {
    this.buffer = bounded(this.buffer + text);
    this.skeleton += skeleton;
  }
}
