import type { InputErrors } from '../input/input-errors.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop some of these silently; here they are refused.
const BLANK_OR_CONTROL = /[\u0000-\u0020\u007f\\]/;

/** Only the syntax: which addresses may be reached is decided where the connection is made, each time. */
export function checkUrl(pointer: string, url: string, errors: InputErrors): void {
  const problem = urlProblem(pointer.slice(pointer.lastIndexOf('/') + 1), url);
  if (problem) errors.add(pointer, 'is_url', problem);
}

function urlProblem(member: string, url: string): string | null {
  if (BLANK_OR_CONTROL.test(url)) return `${member} must not hold blanks, backslashes or control characters.`;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return `${member} must be an absolute http:// or https:// URL.`;
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') return `${member} must not hold credentials; use auth.`;
  return url.includes('#') ? `${member} must not have a fragment.` : null;
}
