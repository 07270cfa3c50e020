// @peculiar/x509 asks for it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, expect, test } from 'vitest';
import { certificateValuesOf } from './certificate-values.js';

type Keys = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'];

/** Of a key of RSA with 2,048 bits: the sequence that holds its modulus. */
const RSA_KEY = Buffer.from('3082010a02820101', 'hex');
const SET = 0x31;

let keys: Keys;

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2_048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as Keys;
});

async function derOf(name: string | x509.Name): Promise<Buffer> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name, keys });
  return Buffer.from(certificate.rawData);
}

function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

test('reads a certificate whose key cannot be decoded, and goes on', async () => {
  const der = await derOf('CN=ann');
  der[der.indexOf(RSA_KEY)] = SET;
  expect(certificateValuesOf(pemOf(der))).toMatchObject({ cert_name: 'ann' });
});

const utf8 = (utf8String: string) => [{ utf8String }];

test.each([
  [[{ CN: utf8('a, "b" + c\\d=;<e>#') }], 'a, "b" + c\\d=;<e>#'],
  [[{ CN: utf8('#lead é ') }, { O: utf8('x') }, { CN: utf8(' second') }], '#lead é , second'],
  [[{ OU: utf8('CN=no'), CN: utf8('yes') }], 'yes'],
  [[{ CN: utf8('line\nCN=other') }], 'line\nCN=other'],
  [[{ O: utf8('CN=no') }], ''],
  [[], ''],
])('takes the common names of %j as they are', async (name, expected) => {
  expect(certificateValuesOf(pemOf(await derOf(new x509.Name(name as x509.JsonNameParams))))?.cert_name).toBe(expected);
});
