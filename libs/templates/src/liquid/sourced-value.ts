import { type RawValue, rawElementsOf, rawMembersOf, rawValueOf } from '@hookstile/contracts';
import { Drop } from 'liquidjs';

/** What a template sees of an object of `data`: its own members and nothing else, also where one is `toString`. */
const MEMBERS_PROTOTYPE: object = Object.create(null, {
  size: {
    get: sizeOf,
    // A member of that name.
    set(this: object, value: unknown): void {
      Object.defineProperty(this, 'size', { value, enumerable: true, configurable: true, writable: true });
    },
  },
  [Symbol.toPrimitive]: {
    value(this: object): string {
      return sourceOf(this)?.text ?? '';
    },
  },
});

/** By the array or object that a sourced value became. */
const sources = new WeakMap<object, SourcedValue>();

const sizes = new WeakMap<object, number>();

/** Counted once: `liquidjs` would list all names at each look. */
function sizeOf(this: object): number {
  const size = sizes.get(this) ?? Object.keys(this).length;
  sizes.set(this, size);
  return size;
}

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
  readonly #start: number;
  readonly #end: number;
  #text: string | null = null;
  #read: Read | undefined;

  /** @param json bytes that a JSON parser has accepted; one value of them is `[start, end)` */
  constructor(json: Buffer, start: number, end: number) {
    super();
    this.#json = json;
    this.#start = start;
    this.#end = end;
  }

  /** As it was sent. */
  get text(): string {
    this.#text ??= this.#json.toString('utf8', this.#start, this.#end);
    return this.#text;
  }

  get byteLength(): number {
    return this.#end - this.#start;
  }

  get kind(): 'object' | 'array' | 'string' | 'scalar' {
    switch (String.fromCharCode(this.#json[this.#start] ?? 0)) {
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
    const { kind } = this;
    if (kind !== 'object' && kind !== 'array') return JSON.parse(this.text) as Read;
    const json = this.#json.subarray(this.#start, this.#end);
    return this.#remembered(kind === 'object' ? membersOf(json) : elementsOf(json));
  }

  #remembered<T extends object>(value: T): T {
    sources.set(value, this);
    return value;
  }
}

function sourced(json: Buffer, { start, end }: RawValue): SourcedValue {
  return new SourcedValue(json, start, end);
}

/** Of a name that stands twice the last one, as other readers take it. */
function membersOf(json: Buffer): object {
  const members = Object.create(MEMBERS_PROTOTYPE) as Record<string, SourcedValue>;
  for (const { name, value } of rawMembersOf(json) ?? []) members[name] = sourced(json, value);
  return members;
}

function elementsOf(json: Buffer): SourcedValue[] {
  return (rawElementsOf(json) ?? []).map((element) => sourced(json, element));
}

/** The whole of an event's data. */
export function sourcedValueOf(json: Buffer): SourcedValue {
  return sourced(json, rawValueOf(json));
}
