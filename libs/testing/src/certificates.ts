import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { randomSuffix } from './random.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
type KeyPair = webcrypto.CryptoKeyPair;

const DAY_MS = 86_400_000;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** A certificate and its key, PEM. */
export interface Certified {
  cert: string;
  key: string;
}

export interface CertificateRequest {
  /** DNS names and IPv4 addresses; the first is the common name. */
  names: readonly string[];
  usage?: 'server' | 'client';
  /** Its validity ended yesterday. */
  expired?: boolean;
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<KeyPair>;

async function pemOf(certificate: X509Certificate, { privateKey }: KeyPair): Promise<Certified> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return { cert: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}

const generalName = (name: string): JsonGeneralName => ({ type: IPV4.test(name) ? 'ip' : 'dns', value: name });

function endEntityExtensions({ names, usage = 'server' }: CertificateRequest): Extension[] {
  const purpose = usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([purpose]),
    new SubjectAlternativeNameExtension(names.map(generalName)),
  ];
}

function validity(expired = false) {
  const endMs = expired ? Date.now() - DAY_MS : Date.now() + DAY_MS;
  return { notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(endMs) };
}

/** An authority that nobody trusts unless told to. */
export class CertificateAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: KeyPair,
    /** Its certificate, PEM. */
    readonly cert: string,
  ) {}

  static async create(): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const name = `CN=Test authority ${randomSuffix()}`;
    const extensions = await CertificateAuthority.extensions(keys);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions,
    });
    return new CertificateAuthority(certificate, keys, certificate.toString('pem'));
  }

  /** An authority below this one: its certificate is signed by this one's. */
  async intermediate(): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const extensions = await CertificateAuthority.extensions(keys);
    const certificate = await this.sign(`CN=Test intermediate ${randomSuffix()}`, keys, false, extensions);
    return new CertificateAuthority(certificate, keys, certificate.toString('pem'));
  }

  async issue(request: CertificateRequest): Promise<Certified> {
    const keys = await newKeys();
    const certificate = await this.sign(`CN=${request.names[0]}`, keys, request.expired, endEntityExtensions(request));
    return pemOf(certificate, keys);
  }

  private static async extensions(keys: KeyPair): Promise<Extension[]> {
    return [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ];
  }

  private async sign(subject: string, keys: KeyPair, expired: boolean | undefined, extensions: Extension[]) {
    return X509CertificateGenerator.create({
      subject,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(expired),
      extensions: [...extensions, await AuthorityKeyIdentifierExtension.create(this.keys.publicKey)],
    });
  }
}

/** A certificate that vouches for itself. */
export async function selfSignedCertificate(request: CertificateRequest): Promise<Certified> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${request.names[0]}`,
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(request.expired),
    extensions: endEntityExtensions(request),
  });
  return pemOf(certificate, keys);
}
