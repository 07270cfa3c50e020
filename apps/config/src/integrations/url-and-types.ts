import { type InputErrors, pointerTo } from '../input/input-errors.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop some of these silently; here they are refused.
const BLANK_OR_CONTROL = /[\u0000-\u0020\u007f\\]/;

/** Only the syntax: which addresses may be reached is decided where the connection is made, each time. */
export function checkUrl(url: string, errors: InputErrors): void {
  const refuse = (detail: string) => errors.add('/url', 'is_url', detail);
  if (BLANK_OR_CONTROL.test(url)) return refuse('url must not hold blanks, backslashes or control characters.');
  if (!URL.canParse(url)) return refuse('url must be an absolute http or https URL.');
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return refuse('url must begin with http:// or https://.');
  if (!/^https?:\/\//i.test(url)) return refuse('url must begin with http:// or https://.');
  if (username !== '' || password !== '') return refuse('url must not hold credentials; use request.auth.');
  if (url.includes('#')) return refuse('url must not have a fragment.');
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
