import type { TlsSettings } from '@hookstile/contracts';
import { FIXED_NOW } from '@hookstile/testing';
import { CertificateAuthority, type Certified } from '@hookstile/testing/certificates';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputErrors } from '../input/input-errors.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import { fakeTenantSecrets } from '../tenant-keys/tenant-secrets.fake.js';
import { tlsDocument, tlsSettings } from './tls-settings.js';

type Given = Omit<Parameters<typeof tlsSettings>[0], 'verify'>;

function run(given: Given, current?: TlsSettings, secrets = fakeTenantSecrets()) {
  const errors = new InputErrors();
  const sealer = new SecretSealer(secrets, 'owner', Date.parse(FIXED_NOW), errors);
  const settings = tlsSettings({ verify: true, ...given }, current, { pointer: '/request', sealer, errors });
  return { settings, problems: errors.list.map(({ pointer, code }) => [pointer, code]) };
}
const made = (given: Given, current?: TlsSettings): TlsSettings => {
  const { settings, problems } = run(given, current);
  expect(problems).toEqual([]);
  return settings;
};
const problemsOf = (given: Given, current?: TlsSettings) => run(given, current).problems;

describe('TLS settings', () => {
  let authority: CertificateAuthority;
  let client: Certified;
  let other: Certified;
  const pair = ({ cert, key }: Certified) => ({ clientCertificate: cert, clientKey: key });

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    client = await authority.issue({ names: ['client'], usage: 'client' });
    other = await authority.issue({ names: ['other'], usage: 'client' });
  });

  it('keep authorities and a certificate as they are given, and seal its key', () => {
    const settings = made({ ca: authority.cert, ...pair(client) });
    expect(settings).toMatchObject({ verify: true, ca: authority.cert, clientCertificate: client.cert });
    expect(settings.clientKey && fakeTenantSecrets().open(settings.clientKey, 'owner')).toBe(client.key);
    const { clientKey } = tlsDocument(settings);
    expect(clientKey).toEqual({ set: true, lastFour: expect.any(String), updatedAt: FIXED_NOW });
  });

  it('take several authorities, and a certificate with those behind it', async () => {
    const intermediate = await authority.intermediate();
    const leaf = await intermediate.issue({ names: ['leaf'], usage: 'client' });
    made({ ca: `My authorities:\n${authority.cert}\n${intermediate.cert}` });
    made({ clientCertificate: `${leaf.cert}\n${intermediate.cert}`, clientKey: leaf.key });
  });

  it('take no certificate without its key, and no key without its certificate', () => {
    expect(problemsOf({ clientCertificate: client.cert })).toEqual([['/request/tls/clientKey', 'required']]);
    expect(problemsOf({ clientKey: client.key })).toEqual([['/request/tls/clientCertificate', 'required']]);
  });

  it('take no key of another certificate', () => {
    const mixed = { clientCertificate: client.cert, clientKey: other.key };
    expect(problemsOf(mixed)).toEqual([['/request/tls/clientKey', 'key_mismatch']]);
    const settings = made(pair(client));
    const renewed = { clientCertificate: other.cert, clientKey: { set: true } };
    expect(problemsOf(renewed, settings)).toEqual([['/request/tls/clientKey', 'key_mismatch']]);
  });

  it('keep the key that is left as it was read', () => {
    const settings = made(pair(client));
    const again = { clientCertificate: client.cert, clientKey: { set: true } };
    expect(made(again, settings).clientKey).toBe(settings.clientKey);
    expect(problemsOf(again)).toEqual([['/request/tls/clientKey', 'not_set']]);
    expect(run(again, settings, fakeTenantSecrets('k2')).settings.clientKey).toBe(settings.clientKey);
  });

  it.each(['ca', 'clientCertificate'] as const)('take nothing else for a certificate: %s', (member) => {
    const body = client.cert.replaceAll(/-----[^-]+-----/g, '').trim();
    const broken = `-----BEGIN CERTIFICATE-----\n${body.slice(0, 80)}\n-----END CERTIFICATE-----`;
    const rest = member === 'ca' ? {} : { clientKey: client.key };
    for (const text of ['', 'text', body, broken, client.key, `${client.cert}\n${client.key}`]) {
      expect(problemsOf({ ...rest, [member]: text })[0], text.slice(0, 40)).toEqual([`/request/tls/${member}`, 'pem']);
    }
  });

  it('take no more than 200 certificates', () => {
    expect(problemsOf({ ca: authority.cert.repeat(201) })).toEqual([['/request/tls/ca', 'pem']]);
  });

  it('take nothing else for a key', () => {
    for (const clientKey of ['text', client.cert, client.key.replace('PRIVATE', 'ENCRYPTED PRIVATE')]) {
      expect(problemsOf({ clientCertificate: client.cert, clientKey })).toEqual([['/request/tls/clientKey', 'pem']]);
    }
  });

  it('verify where they were stored before anything else could be said', () => {
    expect(tlsDocument(undefined)).toEqual({ verify: true });
  });
});
