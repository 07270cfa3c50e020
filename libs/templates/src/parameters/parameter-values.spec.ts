// @peculiar/x509 asks for it.
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, expect, test } from 'vitest';
import { CONTEXT_HEADERS_MAX, LIST_MAX_ITEMS, readContext, VALUE_MAX_CHARACTERS } from './parameter-values.js';

let certificate: x509.X509Certificate;

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'C=DE, O=Acme, CN="Ann, of + sales"',
    keys: keys as Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'],
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'ann.example' },
        { type: 'dns', value: 'odd, DNS:admin.example' },
        { type: 'email', value: 'ann@example.com' },
        { type: 'ip', value: '192.0.2.1' },
      ]),
    ],
  });
});

function valuesOf(context: unknown): Record<string, string> {
  const reading = readContext(context);
  if ('errors' in reading) throw new Error(JSON.stringify(reading.errors));
  return Object.fromEntries(reading.values);
}

function errorsOf(context: unknown) {
  const reading = readContext(context);
  return 'errors' in reading ? reading.errors.map(({ pointer, code }) => [pointer, code]) : [];
}

test('takes texts, numbers, truth values and lists, joined with commas', () => {
  expect(valuesOf({ username: 'ann', device_id: 42, groups: ['a', 'b'], group_names: [], user_agent: null })).toEqual({
    username: 'ann',
    device_id: '42',
    groups: 'a,b',
    group_names: '',
  });
});

test('takes headers by any case of their names, as one where they differ in case only', () => {
  expect(valuesOf({ headers: { 'X-A': 'a', 'x-a': ['b', 'c'], __proto__: 'ignored', constructor: 'c' } })).toEqual({
    'headers.x-a': 'a,b,c',
    'headers.constructor': 'c',
  });
});

test("computes a certificate's thumbprints and names", () => {
  const der = Buffer.from(certificate.rawData);
  const sha1 = createHash('sha1').update(der).digest('hex');
  const sha256 = createHash('sha256').update(der).digest('hex');
  expect(valuesOf({ certificate: certificate.toString('pem') })).toEqual({
    cert_thumbprint: sha1,
    cert_thumbprint_upper: sha1.toUpperCase(),
    cert_thumbprint_256: sha256,
    cert_thumbprint_256_upper: sha256.toUpperCase(),
    cert_name: 'Ann, of + sales',
    cert_alt_name: 'ann.example,odd, DNS:admin.example,ann@example.com,192.0.2.1',
  });
});

test('keeps what is given beside a certificate', () => {
  expect(valuesOf({ certificate: certificate.toString('pem'), cert_thumbprint: 'AB' })).toMatchObject({
    cert_thumbprint: 'AB',
    cert_name: 'Ann, of + sales',
  });
});

test.each([
  [null, '', 'is_object'],
  [[], '', 'is_object'],
  ['text', '', 'is_object'],
  [{ user: 'ann' }, '/user', 'unknown_member'],
  [JSON.parse('{"__proto__":"x"}'), '/__proto__', 'unknown_member'],
  [{ username: {} }, '/username', 'not_a_value'],
  [{ groups: [['a']] }, '/groups', 'not_a_value'],
  [{ groups: ['a', null] }, '/groups', 'not_a_value'],
  [{ username: 'a'.repeat(VALUE_MAX_CHARACTERS + 1) }, '/username', 'too_long'],
  [{ groups: Array(LIST_MAX_ITEMS + 1).fill('') }, '/groups', 'too_many'],
  [{ headers: [] }, '/headers', 'is_object'],
  [{ headers: { 'a/b': 'x' } }, '/headers/a~1b', 'not_a_header'],
  [{ headers: { 'a%': 'x' } }, '/headers/a%', 'not_a_header'],
  [
    { headers: Object.fromEntries(Array.from({ length: CONTEXT_HEADERS_MAX + 1 }, (_, i) => [i, ''])) },
    '/headers',
    'too_many',
  ],
  [{ certificate: 'no PEM' }, '/certificate', 'not_a_certificate'],
  [
    { certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    '/certificate',
    'not_a_certificate',
  ],
  [{ certificate: 1 }, '/certificate', 'not_a_certificate'],
])('refuses %j at %s as %s', (context, pointer, code) => {
  expect(errorsOf(context)).toEqual([[pointer, code]]);
});
