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

type Place = 'outside' | 'string' | 'escape';

function placeAfter(text: string, before: Place): Place {
  let place = before;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (place === 'escape') place = 'string';
    else if (character === 0x22) place = place === 'string' ? 'outside' : 'string';
    else if (character === 0x5c && place === 'string') place = 'escape';
  }
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
      case 'escape':
        throw new TemplateFailedError('A value stands right behind a backslash, which would change what it says.');
    }
  }

  #append(text: string, skeleton: string): void {
    this.buffer = bounded(this.buffer + text);
    this.skeleton += skeleton;
  }
}
