/** A certificate's names, all of them, stand in Node's message. */
const NAMES_MAX_CHARACTERS = 300;

const UNTRUSTED =
  'was issued by an authority that is not trusted, or the endpoint does not send the certificates between that authority and its own';

const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and nobody says that it is trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'was issued by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  CERT_REVOKED: 'was revoked',
  INVALID_PURPOSE: 'was not issued for servers',
};

/** OpenSSL's words, without its numbers, names of functions and files. */
const OPENSSL_REASON = /:SSL routines:[^:]*:([^:\n]+)/;

const ALERT = /^ERR_SSL_.*ALERT_(\w+)$/;
const CLIENT_CERTIFICATE_ALERTS = new Set([
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
  'DECRYPT_ERROR',
]);

function alertDetail(alert: string): string {
  if (alert === 'CERTIFICATE_REQUIRED') return 'The endpoint asks for a client certificate and got none';
  if (CLIENT_CERTIFICATE_ALERTS.has(alert)) return 'The endpoint refused the client certificate';
  if (alert === 'HANDSHAKE_FAILURE') {
    return 'The endpoint ended the TLS handshake: it may ask for a client certificate, or share no protocol version or cipher';
  }
  return 'The endpoint ended the TLS handshake';
}

/** Says in words an admin understands why there is no TLS connection; the code stands behind them. */
export function tlsFailureDetail(code: string, message: string): string {
  const fault = CERTIFICATE_FAULTS[code];
  if (fault !== undefined) return `The endpoint's certificate ${fault} (${code}).`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = message.replace(/^Hostname\/IP does not match certificate's altnames: /, '');
    return `The endpoint's certificate is for another name: ${names.slice(0, NAMES_MAX_CHARACTERS)} (${code}).`;
  }
  const [, alert] = ALERT.exec(code) ?? [];
  if (alert !== undefined) return `${alertDetail(alert)} (${code}).`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return `The endpoint does not speak TLS on this port (${code}).`;
  }
  const [, reason = message.trim()] = OPENSSL_REASON.exec(message) ?? [];
  return `The TLS connection could not be made: ${reason} (${code}).`;
}
