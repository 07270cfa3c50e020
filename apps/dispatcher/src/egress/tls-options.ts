import { constants, createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** What of TLS an integration can set, its key opened; PEM. Never logged. */
export interface TlsMaterial {
  /** False: neither the authority nor the name is checked. */
  verify: boolean;
  ca: string | null;
  clientCertificate: string | null;
  clientKey: string | null;
}

export interface TlsOptions extends TlsMaterial {
  /** Connections are shared by nothing that has another digest. */
  digest: string;
}

export function tlsOptionsOf(material: TlsMaterial): TlsOptions {
  const { verify, ca, clientCertificate, clientKey } = material;
  const text = JSON.stringify([verify, ca, clientCertificate, clientKey]);
  return { ...material, digest: createHash('sha256').update(text).digest('base64url') };
}

/** Of connections without options of their own. */
export const DEFAULT_TLS: TlsMaterial = { verify: true, ca: null, clientCertificate: null, clientKey: null };

/**
 * Throws what OpenSSL says of a certificate or key that it cannot use.
 * The given authorities are trusted beside the built-in ones. By Node's documented way, a list of all of them, each
 * context would parse every built-in authority again: 30 ms and 1.2 MiB instead of 1 ms and 45 KiB.
 */
export function secureContextOf({ ca, clientCertificate, clientKey }: TlsMaterial): SecureContext {
  const secure = createSecureContext({
    // A server of TLS 1.2 could begin its handshake anew thousands of times a second, each a key exchange of ours.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(clientCertificate === null ? {} : { cert: clientCertificate }),
    ...(clientKey === null ? {} : { key: clientKey }),
  });
  if (ca !== null) {
    secure.context.addCACert(ca);
    // Whoever gives an authority below the root, or the endpoint's certificate itself, trusts what it gives.
    secure.context.setAllowPartialTrustChain();
  }
  return secure;
}
