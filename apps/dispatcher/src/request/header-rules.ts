import { RequestUnbuildableError } from './request-unbuildable.error.js';

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What Node writes unchanged as Latin-1: visible characters, spaces and tabs. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Names that Hookstile or the connection sets; a user's value would break the signature or the framing. */
const RESERVED_NAMES = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/** Refuses a header that cannot be sent; the message names the header, never its value. */
export function assertSendableHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) throw new RequestUnbuildableError(`"${name}" is not a header name.`);
  if (RESERVED_NAMES.has(name.toLowerCase())) {
    throw new RequestUnbuildableError(`The header ${name} is set by Hookstile and cannot be given.`);
  }
  if (!VALUE.test(value)) {
    throw new RequestUnbuildableError(`The value of the header ${name} has characters that HTTP cannot carry.`);
  }
}
