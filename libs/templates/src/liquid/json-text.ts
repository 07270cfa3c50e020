import { Drop, toValue } from 'liquidjs';
import { SourcedValue, sourceOf } from './sourced-value.js';
import { TEMPLATE_OUTPUT_MAX_BYTES } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';

/** What the filter `json` gives: text that is one JSON value. */
export class JsonText extends Drop {
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override valueOf(): string {
    return this.text;
  }

  override toString(): string {
    return this.text;
  }

  toLiquid(): string {
    return this.text;
  }
}

export function tooLong(): TemplateFailedError {
  return new TemplateFailedError(`The template makes more than ${TEMPLATE_OUTPUT_MAX_BYTES} bytes.`);
}

function containerText(value: object, left: { characters: number }): string {
  const source = sourceOf(value);
  if (source) return source.text;
  if (Array.isArray(value)) return `[${value.map((element) => boundedText(element, left)).join(',')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${boundedText(member, left)}`);
  return `{${members.join(',')}}`;
}

function textOf(value: unknown, left: { characters: number }): string {
  if (value instanceof SourcedValue || value instanceof JsonText) return value.text;
  const plain: unknown = toValue(value);
  if (typeof plain === 'object' && plain !== null) return containerText(plain, left);
  // What JSON has no form for, such as infinity, is nothing.
  return JSON.stringify(plain) ?? 'null';
}

function boundedText(value: unknown, left: { characters: number }): string {
  const text = textOf(value, left);
  left.characters -= text.length;
  if (left.characters < 0) throw tooLong();
  return text;
}

/** A value of a template as JSON; what comes from `data` as it was sent, nothing at all as `null`. */
export function jsonTextOf(value: unknown): string {
  return boundedText(value, { characters: TEMPLATE_OUTPUT_MAX_BYTES });
}

/** A value of a template as a reader sees it: strings without quotes, nothing as no text, arrays and objects as JSON. */
export function plainTextOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof SourcedValue) return value.plainText();
  const plain: unknown = toValue(value);
  if (plain === undefined || plain === null) return '';
  return typeof plain === 'object' ? jsonTextOf(plain) : String(plain);
}
