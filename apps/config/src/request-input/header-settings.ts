import type { SealedSecret } from '@hookstile/contracts';
import { pointerTo } from '../input/input-errors.js';
import { headersOf } from './headers-input.js';
import type { InputPlace } from './input-place.js';
import { isSecretInput, SECRET_MAX_LENGTH } from './secret-input.js';

const HEADERS_MAX = 50;
const NAME_MAX_LENGTH = 255;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What HTTP lets a header's value be; anything else (CR and LF above all) could begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const RESERVED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'traceparent',
  'tracestate',
  'user-agent',
]);
const RESERVED_PREFIX = /^(webhook-|proxy-)/;

/** Why a header's name cannot be used, or null. */
export function headerNameProblem(name: string): string | null {
  if (name.length > NAME_MAX_LENGTH || !TOKEN.test(name)) return 'is no header name.';
  const lower = name.toLowerCase();
  if (RESERVED.has(lower) || RESERVED_PREFIX.test(lower)) return 'is set by Hookstile and cannot be given.';
  return null;
}

/** Why text cannot stand in a header, or null. */
export function headerValueProblem(value: string): string | null {
  return VALUE.test(value) ? null : 'must not hold line breaks, control characters or characters beyond U+00FF.';
}

/** The headers of a request, their values sealed. Names are the same in any case. */
export function headerSettings(
  input: unknown,
  current: Readonly<Record<string, SealedSecret>>,
  authHeader: string | null,
  place: InputPlace,
): Record<string, SealedSecret> {
  const { sealer, errors } = place;
  const parent = `${place.pointer}/headers`;
  const given = headersOf(input);
  if (!given) {
    errors.add(parent, 'is_headers', 'headers as text look like "A: b, C: d", each name once.');
    return {};
  }
  const names = Object.keys(given);
  if (names.length > HEADERS_MAX) errors.add(parent, 'max_size', `at most ${HEADERS_MAX} headers can be given.`);
  const currentByName = new Map(Object.entries(current).map(([name, sealed]) => [name.toLowerCase(), sealed]));
  const seen = new Set(authHeader === null ? [] : [authHeader.toLowerCase()]);
  const sealed: [string, SealedSecret][] = [];
  for (const name of names) {
    const pointer = pointerTo(parent, name);
    const problem = nameProblem(name, seen) ?? valueProblem(given[name]);
    seen.add(name.toLowerCase());
    if (problem) errors.add(pointer, 'header', `${name}: ${problem}`);
    else sealed.push([name, sealer.seal(pointer, given[name], currentByName.get(name.toLowerCase()) ?? null)]);
  }
  return Object.fromEntries(sealed);
}

function nameProblem(name: string, seen: ReadonlySet<string>): string | null {
  if (seen.has(name.toLowerCase())) return 'is given twice, or is the header that auth sets.';
  return headerNameProblem(name);
}

function valueProblem(value: unknown): string | null {
  if (!isSecretInput(value)) return `must be text of at most ${SECRET_MAX_LENGTH} characters.`;
  return typeof value === 'string' ? headerValueProblem(value) : null;
}
