import { pointerTo } from '@hookstile/contracts';
import { certificateValuesOf } from './certificate-values.js';
import { HEADERS_PREFIX, isHeaderName, PARAMETER_NAMES } from './parameter-names.js';

/** Values by the names that `parameterOf` gives. */
export type ParameterValues = ReadonlyMap<string, string>;

/** A wrong place of a context; `pointer` is a JSON pointer into it. */
export interface ContextError {
  pointer: string;
  code: 'is_object' | 'unknown_member' | 'not_a_value' | 'too_long' | 'too_many' | 'not_a_header' | 'not_a_certificate';
  detail: string;
}

export type ContextReading = { values: ParameterValues } | { errors: readonly ContextError[] };

export const VALUE_MAX_CHARACTERS = 16_384;
export const CERTIFICATE_MAX_CHARACTERS = 65_536;
export const LIST_MAX_ITEMS = 1_000;
export const CONTEXT_HEADERS_MAX = 200;
const ERRORS_MAX = 50;

const NOT_A_CERTIFICATE = `a certificate in PEM of at most ${CERTIFICATE_MAX_CHARACTERS} characters is expected`;

const NAMES: ReadonlySet<string> = new Set(PARAMETER_NAMES);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of one value, or null of what is none. */
function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Reads a context into values; collects what is wrong with it. */
class ContextReader {
  readonly values = new Map<string, string>();
  readonly errors: ContextError[] = [];

  read(context: object): void {
    for (const [name, value] of Object.entries(context)) {
      const pointer = pointerTo('', name);
      if (name === 'headers') this.headers(value);
      else if (name === 'certificate') continue;
      else if (NAMES.has(name)) this.value(pointer, name, value);
      else this.fail(pointer, 'unknown_member', `${name} is not a parameter that a context can give`);
    }
    if ('certificate' in context) this.certificate(context.certificate);
  }

  private headers(headers: unknown): void {
    if (headers === null) return;
    const entries = isObject(headers) ? Object.entries(headers) : null;
    if (entries === null) this.fail('/headers', 'is_object', 'an object of header names and values is expected');
    else if (entries.length > CONTEXT_HEADERS_MAX) {
      this.fail('/headers', 'too_many', `more than ${CONTEXT_HEADERS_MAX} headers`);
    } else for (const [name, value] of entries) this.header(name, value);
  }

  private header(name: string, value: unknown): void {
    const pointer = pointerTo('/headers', name);
    if (isHeaderName(name)) this.value(pointer, `${HEADERS_PREFIX}${name.toLowerCase()}`, value);
    else this.fail(pointer, 'not_a_header', 'not the name of a header');
  }

  private value(pointer: string, name: string, value: unknown): void {
    if (value === null) return;
    const texts = (Array.isArray(value) ? value : [value]).map(scalarText);
    // Headers that differ only in case are one header, as on the wire.
    const text = [...(this.values.has(name) ? [this.values.get(name)] : []), ...texts].join(',');
    if (texts.length > LIST_MAX_ITEMS) this.fail(pointer, 'too_many', `more than ${LIST_MAX_ITEMS} values`);
    else if (texts.includes(null)) this.fail(pointer, 'not_a_value', 'a text, or a list of texts, is expected');
    else if (text.length > VALUE_MAX_CHARACTERS) {
      this.fail(pointer, 'too_long', `longer than ${VALUE_MAX_CHARACTERS} characters`);
    } else this.values.set(name, text);
  }

  /** What was given of it stays; the rest comes from the certificate. */
  private certificate(pem: unknown): void {
    if (pem === null) return;
    const isPem = typeof pem === 'string' && pem.length <= CERTIFICATE_MAX_CHARACTERS;
    const values = isPem ? certificateValuesOf(pem) : null;
    if (values === null) this.fail('/certificate', 'not_a_certificate', NOT_A_CERTIFICATE);
    for (const [name, value] of Object.entries(values ?? {})) {
      if (!this.values.has(name)) this.values.set(name, value.slice(0, VALUE_MAX_CHARACTERS));
    }
  }

  private fail(pointer: string, code: ContextError['code'], detail: string): void {
    if (this.errors.length < ERRORS_MAX) this.errors.push({ pointer, code, detail });
  }
}

/** The parameters' values that a context gives: `null` and what is not given have none. */
export function readContext(context: unknown): ContextReading {
  if (!isObject(context)) {
    return { errors: [{ pointer: '', code: 'is_object', detail: 'an object of parameter values is expected' }] };
  }
  const reader = new ContextReader();
  reader.read(context);
  return reader.errors.length > 0 ? { errors: reader.errors } : { values: reader.values };
}
