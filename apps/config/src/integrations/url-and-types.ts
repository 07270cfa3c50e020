import { type InputErrors, pointerTo } from '../input/input-errors.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop some of these silently; here they are refused.
const BLANK_OR_CONTROL = /[\u0000-\u0020\u007f\\]/;

/** Only the syntax: which addresses may be reached is decided where the connection is made, each time. */
export function checkUrl(url: string, errors: InputErrors): void {
  const problem = urlProblem(url);
  if (problem) errors.add('/url', 'is_url', problem);
}

function urlProblem(url: string): string | null {
  if (BLANK_OR_CONTROL.test(url)) return 'url must not hold blanks, backslashes or control characters.';
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return 'url must be an absolute http:// or https:// URL.';
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') return 'url must not hold credentials; use request.auth.';
  return url.includes('#') ? 'url must not have a fragment.' : null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const EVENT_TYPE = /^(\*|[^*\s\u0000-\u001f\u007f]+\.\*|[^*\s\u0000-\u001f\u007f]+)$/;

export function checkEventTypes(eventTypes: readonly string[], errors: InputErrors): void {
  for (const [index, eventType] of eventTypes.entries()) {
    if (EVENT_TYPE.test(eventType)) continue;
    const detail = 'an event type is exact, or a prefix that ends in ".*", or "*".';
    errors.add(pointerTo('/eventTypes', index), 'event_type', detail);
  }
}
