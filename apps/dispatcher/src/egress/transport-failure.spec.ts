import { expect, test } from 'vitest';
import { blocked } from './egress.error.js';
import { transportFailureOf } from './transport-failure.js';

const withCode = (code: string, message = 'm') => Object.assign(new Error(message), { code });

test.each([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'connect'],
  ['EHOSTUNREACH', 'connect'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['INVALID_PURPOSE', 'tls'],
  ['UND_ERR_HEADERS_OVERFLOW', 'response_invalid'],
  ['UND_ERR_DESTROYED', 'aborted'],
])('calls %s %s', (code, error) => {
  expect(transportFailureOf(withCode(code)).error).toBe(error);
});

test("knows undici's parser errors, which have no code", () => {
  const error = Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError', code: undefined });
  expect(transportFailureOf(error).error).toBe('response_invalid');
});

test('looks into the errors of several addresses', () => {
  const several = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]);
  expect(transportFailureOf(several).error).toBe('connect');
});

test('calls a connection that ends within the TLS handshake tls', () => {
  const message = 'Client network socket disconnected before secure TLS connection was established';
  expect(transportFailureOf(withCode('ECONNRESET', message)).error).toBe('tls');
});

test('says of what the egress guard refused what the guard says', () => {
  expect(transportFailureOf(blocked('Not there.'))).toEqual({ error: 'blocked_address', detail: 'Not there.' });
});

test.each([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'The endpoint refused the client certificate (ERR_SSL_TLSV1_ALERT_UNKNOWN_CA).'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'The endpoint refused the client certificate'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'The endpoint asks for a client certificate and got none'],
  ['CERT_NOT_YET_VALID', "The endpoint's certificate is not valid yet (CERT_NOT_YET_VALID)."],
])('says of %s what an admin understands', (code, detail) => {
  expect(transportFailureOf(withCode(code)).detail).toContain(detail);
});
