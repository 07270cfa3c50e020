import { X509Certificate } from 'node:crypto';
import type { ParameterName } from './parameter-names.js';

export type CertificateName = Extract<ParameterName, `cert_${string}`>;

/** One name of a certificate as Node writes them: `DNS:a.example`, or in quotes where it holds what separates them. */
const ALTERNATIVE_NAME = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;

/** A subject as Node writes it: an attribute a line, ` + ` between those of one place, a backslash before what has a meaning. */
const ATTRIBUTES = /\n| \+ /;
const COMMON_NAME = 'CN=';
const ESCAPED = /\\([0-9A-Fa-f]{2}|.)/gs;

function thumbprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function unescaped(value: string): string {
  return value.replace(ESCAPED, (_, escaped: string) =>
    escaped.length === 1 ? escaped : String.fromCharCode(Number.parseInt(escaped, 16)),
  );
}

/** Read from the text: `toLegacyObject()` ends the process where the certificate's key cannot be decoded. */
function commonNameOf({ subject }: X509Certificate): string {
  // Without a subject it is undefined, whatever its type says.
  const attributes = ((subject as string | undefined) ?? '').split(ATTRIBUTES);
  const names = attributes.filter((attribute) => attribute.startsWith(COMMON_NAME));
  return names.map((attribute) => unescaped(attribute.slice(COMMON_NAME.length))).join(',');
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function alternativeNamesOf(certificate: X509Certificate): string {
  const names = [...(certificate.subjectAltName ?? '').matchAll(ALTERNATIVE_NAME)];
  return names.map(([, , name = '']) => unquoted(name)).join(',');
}

/**
 * What a certificate says: the bare hexadecimal SHA-1 and SHA-256 of its DER, its subject's common name and its
 * alternative names without their kinds. Null where the text is no certificate in PEM.
 */
export function certificateValuesOf(pem: string): Record<CertificateName, string> | null {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return null;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return null;
  }
  const sha1 = thumbprint(certificate.fingerprint);
  const sha256 = thumbprint(certificate.fingerprint256);
  return {
    cert_thumbprint: sha1,
    cert_thumbprint_upper: sha1.toUpperCase(),
    cert_thumbprint_256: sha256,
    cert_thumbprint_256_upper: sha256.toUpperCase(),
    cert_name: commonNameOf(certificate),
    cert_alt_name: alternativeNamesOf(certificate),
  };
}
