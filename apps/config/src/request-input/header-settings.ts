import { pointerTo, type SealedSecret } from '@hookstile/contracts';
import { headerNameProblem, headerValueProblem } from '@hookstile/templates';
import { headersOf } from './headers-input.js';
import type { InputPlace } from './input-place.js';
import { isSecretInput, SECRET_MAX_LENGTH } from './secret-input.js';

const HEADERS_MAX = 50;

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
  // As members of an object they are refused already, and what is read back could never be patched.
  if (name in Object.prototype) return 'cannot be given.';
  return headerNameProblem(name);
}

function valueProblem(value: unknown): string | null {
  if (!isSecretInput(value)) return `must be text of at most ${SECRET_MAX_LENGTH} characters.`;
  return typeof value === 'string' ? headerValueProblem(value) : null;
}
