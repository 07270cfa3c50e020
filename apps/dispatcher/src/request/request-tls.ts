import { X509Certificate } from 'node:crypto';
import type { TlsSettings } from '@hookstile/contracts';
import { secureContextOf, type TlsMaterial, type TlsOptions, tlsOptionsOf } from '../egress/tls-options.js';
import type { OpenSecret } from './auth-header.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/**
 * An integration's TLS options, or null where they are the defaults: its connections are then those of all others.
 * Throws `RequestUnbuildableError`; the message never holds a key.
 */
export function requestTlsOf(settings: TlsSettings | undefined, open: OpenSecret): TlsOptions | null {
  if (settings === undefined) return null;
  const { verify, ca = null, clientCertificate = null, clientKey } = settings;
  if (verify && ca === null && clientCertificate === null && clientKey === undefined) return null;
  const material = { verify, ca, clientCertificate, clientKey: clientKey ? open(clientKey) : null };
  assertUsable(material);
  return tlsOptionsOf(material);
}

/** Once a version, so that no attempt ends for a reason that no attempt can change. */
function assertUsable(material: TlsMaterial): void {
  const { ca, clientCertificate, clientKey } = material;
  if ((clientCertificate === null) !== (clientKey === null)) {
    throw new RequestUnbuildableError('A client certificate needs its key, and a key its certificate.');
  }
  if (ca !== null) assertHoldsCertificate('request.tls.ca', ca);
  if (clientCertificate !== null) assertHoldsCertificate('request.tls.clientCertificate', clientCertificate);
  try {
    secureContextOf(material);
  } catch (error) {
    throw new RequestUnbuildableError(`The client certificate and its key cannot be used: ${reasonOf(error)}.`);
  }
}

/** OpenSSL overlooks text without a certificate where authorities are listed. */
function assertHoldsCertificate(member: string, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw new RequestUnbuildableError(`${member} holds no certificate that can be read.`);
  }
}

/** `key values mismatch` of `error:05800074:x509 certificate routines::key values mismatch`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(message.lastIndexOf(':') + 1).trim();
}
