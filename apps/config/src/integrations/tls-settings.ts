import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { TlsSettings } from '@hookstile/contracts';
import { type Static, Type } from 'typebox';
import type { InputPlace } from '../request-input/input-place.js';
import { MaskedSecret, masked } from '../request-input/masked-secret.js';
import type { TlsDto } from './request.dto.js';

/** Certificates in one PEM text; a chain has few, a list of authorities about 150. */
const CERTIFICATES_MAX = 200;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** How TLS settings read back. What is not given is absent: there is no certificate to show. */
export const TlsDocument = Type.Object({
  verify: Type.Boolean(),
  ca: Type.Optional(Type.String()),
  clientCertificate: Type.Optional(Type.String()),
  clientKey: Type.Optional(MaskedSecret),
});
export type TlsDocument = Static<typeof TlsDocument>;

/** Settings that were stored before TLS could be set verify. */
export function tlsDocument(tls: TlsSettings = { verify: true }): TlsDocument {
  const { clientKey, ...rest } = tls;
  return clientKey ? { ...rest, clientKey: masked(clientKey) } : rest;
}

export function tlsSettings(
  input: TlsDto & { verify: boolean },
  current: TlsSettings | undefined,
  place: InputPlace,
): TlsSettings {
  const { ca, clientCertificate, clientKey } = input;
  if (ca !== undefined) certificatesIn('ca', ca, place);
  return {
    verify: input.verify,
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...clientKeyOf(clientKey, clientCertificate, current, place),
  };
}

/** A certificate without its key cannot be shown to anybody, and a key is for one certificate. */
function clientKeyOf(
  given: unknown,
  clientCertificate: string | undefined,
  current: TlsSettings | undefined,
  place: InputPlace,
): Pick<TlsSettings, 'clientKey'> {
  const [certificate] =
    clientCertificate === undefined ? [] : certificatesIn('clientCertificate', clientCertificate, place);
  if (given === undefined) {
    if (clientCertificate !== undefined) missing('clientKey', 'clientCertificate', place);
    return {};
  }
  if (clientCertificate === undefined) missing('clientCertificate', 'clientKey', place);
  const stored = current?.clientKey ?? null;
  const pointer = `${place.pointer}/tls/clientKey`;
  const clientKey = place.sealer.seal(pointer, given, stored);
  const text = place.sealer.textOf(clientKey);
  if (text !== null && certificate) checkKey(text, certificate, pointer, place);
  return { clientKey };
}

function missing(member: string, other: string, { pointer, errors }: InputPlace): void {
  errors.add(`${pointer}/tls/${member}`, 'required', `${other} needs ${member}: give both, or neither.`);
}

/** The certificates of a PEM text, in order; what is wrong with it is added to the errors. */
function certificatesIn(member: 'ca' | 'clientCertificate', text: string, place: InputPlace): X509Certificate[] {
  const pointer = `${place.pointer}/tls/${member}`;
  if (text.includes('PRIVATE KEY-----')) {
    place.errors.add(
      pointer,
      'pem',
      `${member} holds a private key; it is read back, so a key belongs into clientKey.`,
    );
    return [];
  }
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > CERTIFICATES_MAX) {
    place.errors.add(pointer, 'pem', `${member} must hold 1 to ${CERTIFICATES_MAX} certificates as PEM.`);
    return [];
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    place.errors.add(pointer, 'pem', `${member} holds something that is no X.509 certificate.`);
    return [];
  }
}

function checkKey(text: string, certificate: X509Certificate, pointer: string, { errors }: InputPlace): void {
  const key = privateKeyOf(text);
  if (!key) errors.add(pointer, 'pem', 'clientKey must be a private key as PEM, not encrypted.');
  else if (!certificate.checkPrivateKey(key)) {
    errors.add(pointer, 'key_mismatch', 'clientKey is not the key of the first certificate of clientCertificate.');
  }
}

function privateKeyOf(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}
