import { rawElementsOf, rawObjectOf, rawValueOf } from '@hookstile/contracts';
import { Drop } from 'liquidjs';

/** What a template sees of an object of `data`: its own members and nothing else, also where one is `toString`. */
const MEMBERS_PROTOTYPE: object = Object.create(null, {
  [Symbol.toPrimitive]: {
    value(this: object): string {
      return sourceOf(this)?.text ?? '';
    },
  },
});

/** By the array or object that a sourced value became. */
const sources = new WeakMap<object, SourcedValue>();

/** The sourced value that an array or object was read from, or null. */
export function sourceOf(value: object): SourcedValue | null {
  return sources.get(value) ?? null;
}

type Read = string | number | boolean | null | readonly unknown[] | object;

const OBJECT = '{';
const ARRAY = '[';
const STRING = '"';

/**
 * A value of an event's data that knows the text it was sent as, so that it can be put out with its own number form,
 * escapes and whitespace. Read only as far as a template looks into it.
 *
 * `liquidjs` takes properties of what `toLiquid` gives and computes with what `valueOf` gives: nothing of this class,
 * and no prototype, is within a template's reach.
 */
export class SourcedValue extends Drop {
  readonly #json: Buffer;
  #text: string | null = null;
  #read: Read | undefined;

  /** @param json the bytes of one JSON value that a parser has accepted, without whitespace around it */
  constructor(json: Buffer) {
    super();
    this.#json = json;
  }

  /** As it was sent. */
  get text(): string {
    this.#text ??= this.#json.toString('utf8');
    return this.#text;
  }

  get byteLength(): number {
    return this.#json.length;
  }

  get kind(): 'object' | 'array' | 'string' | 'scalar' {
    switch (String.fromCharCode(this.#json[0] ?? 0)) {
      case OBJECT:
        return 'object';
      case ARRAY:
        return 'array';
      case STRING:
        return 'string';
      default:
        return 'scalar';
    }
  }

  /** As a reader sees it: a string without quotes and escapes, `null` as nothing, all else as it was sent. */
  plainText(): string {
    if (this.kind === 'string') return String(this.valueOf());
    return this.text === 'null' ? '' : this.text;
  }

  override valueOf(): Read {
    this.#read ??= this.#readOnce();
    return this.#read;
  }

  override toString(): string {
    return this.plainText();
  }

  toLiquid(): Read {
    return this.valueOf();
  }

  #readOnce(): Read {
    if (this.kind === 'object') return this.#remembered(this.#members());
    if (this.kind === 'array') return this.#remembered(this.#elements());
    return JSON.parse(this.text) as Read;
  }

  #members(): object {
    const members = Object.create(MEMBERS_PROTOTYPE) as Record<string, SourcedValue>;
    for (const [name, { start, end }] of rawObjectOf(this.#json)?.members ?? []) {
      members[name] = new SourcedValue(this.#json.subarray(start, end));
    }
    return members;
  }

  #elements(): SourcedValue[] {
    return (rawElementsOf(this.#json) ?? []).map(({ start, end }) => new SourcedValue(this.#json.subarray(start, end)));
  }

  #remembered<T extends object>(value: T): T {
    sources.set(value, this);
    return value;
  }
}

/** The whole of an event's data. */
export function sourcedValueOf(json: Buffer): SourcedValue {
  const { start, end } = rawValueOf(json);
  return new SourcedValue(json.subarray(start, end));
}
