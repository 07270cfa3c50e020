const NAME_MAX_LENGTH = 255;

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What Node writes unchanged as Latin-1; anything else (CR and LF above all) could begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Names that Hookstile or the connection sets; a user's value would break the signature, the trace or the framing. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);
const RESERVED_PREFIX = /^(webhook-|proxy-)/;

/** Why a user cannot give a header of this name, or null. */
export function headerNameProblem(name: string): string | null {
  if (name.length > NAME_MAX_LENGTH || !TOKEN.test(name)) return 'is no header name.';
  const lower = name.toLowerCase();
  if (RESERVED.has(lower) || RESERVED_PREFIX.test(lower)) return 'is set by Hookstile and cannot be given.';
  return null;
}

/** Why text cannot be a header's value, or null. */
export function headerValueProblem(value: string): string | null {
  return VALUE.test(value) ? null : 'must not hold line breaks, control characters or characters beyond U+00FF.';
}
