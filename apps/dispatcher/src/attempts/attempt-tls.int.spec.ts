import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '@hookstile/contracts';
import { CertificateAuthority, type Certified, selfSignedCertificate } from '@hookstile/testing/certificates';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { egressUnderTest } from '../egress/egress.fake.js';
import { sealed } from '../request/sealed-fixture.js';
import type { AttemptMaker } from './attempt.types.js';
import { attemptInput, attemptMaker } from './attempt-maker.fake.js';

const LOOPBACK = ['127.0.0.1'];

let authority: CertificateAuthority;
let trusted: Certified;
let client: Certified;

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  trusted = await authority.issue({ names: LOOPBACK });
  client = await authority.issue({ names: ['client'], usage: 'client' });
});

const cleanups: (() => Promise<unknown> | unknown)[] = [];
let maker: AttemptMaker;

beforeEach(() => {
  maker = attemptMaker();
  cleanups.push(() => maker.close());
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** An HTTPS endpoint; its answer names the client certificate that it saw. */
async function endpoint(options: ServerOptions): Promise<{ url: string; connections(): number }> {
  let connections = 0;
  const answer: RequestListener = (request, response) => {
    response.end((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody');
  };
  const server = createServer(options, answer).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, connections: () => connections };
}

const requiringClients = (options: ServerOptions = {}) =>
  endpoint({ ...trusted, ...options, ca: authority.cert, requestCert: true, rejectUnauthorized: true });

const attempt = (url: string, tls: Partial<TlsSettings> = {}, by = maker) =>
  by.make(attemptInput(url, { tls: { verify: true, ...tls } }));

const showing = ({ cert, key }: Certified) => ({
  ca: authority.cert,
  clientCertificate: cert,
  clientKey: sealed(key),
});

describe('a certificate that cannot be trusted', () => {
  const cases: [string, () => Promise<Certified>, RegExp][] = [
    ['self-signed', () => selfSignedCertificate({ names: LOOPBACK }), /is self-signed/],
    [
      'of an unknown authority',
      () => authority.issue({ names: LOOPBACK }),
      /authority that is not trusted.*UNABLE_TO_VERIFY/,
    ],
  ];
  test.each(cases)('that is %s is refused with verify true and accepted with verify false', async (_, make, detail) => {
    const { url } = await endpoint(await make());
    const refused = await attempt(url);
    expect(refused).toMatchObject({ outcome: 'failed', error: 'tls', retryable: true });
    expect(refused.errorDetail).toMatch(detail);
    expect(await attempt(url, { verify: false })).toMatchObject({ outcome: 'succeeded' });
  });

  const trustedButWrong: [string, { names: string[]; expired?: boolean }, RegExp][] = [
    ['of another name', { names: ['other.example'] }, /is for another name: IP: 127\.0\.0\.1 is not in/],
    ['expired', { names: LOOPBACK, expired: true }, /has expired/],
  ];
  test.each(trustedButWrong)(
    'that is %s is refused with its authority trusted, and accepted with verify false',
    async (_, request, detail) => {
      const { url } = await endpoint(await authority.issue(request));
      const refused = await attempt(url, { ca: authority.cert });
      expect(refused).toMatchObject({ outcome: 'failed', error: 'tls' });
      expect(refused.errorDetail).toMatch(detail);
      expect(await attempt(url, { verify: false, ca: authority.cert })).toMatchObject({ outcome: 'succeeded' });
    },
  );
});

describe('a custom authority', () => {
  test('makes the certificates it issued trusted, and those of nobody else', async () => {
    const { url } = await endpoint(trusted);
    expect(await attempt(url, { ca: authority.cert })).toMatchObject({ outcome: 'succeeded' });
    const another = await CertificateAuthority.create();
    expect(await attempt(url, { ca: another.cert })).toMatchObject({ error: 'tls' });
    expect(await attempt(url, { ca: `${another.cert}\n${authority.cert}` })).toMatchObject({ outcome: 'succeeded' });
  });

  test('is trusted beside the built-in ones', async () => {
    const builtIn = getCACertificates('default');
    cleanups.push(() => setDefaultCACertificates(builtIn));
    setDefaultCACertificates([authority.cert]);
    const { url } = await endpoint(trusted);
    expect(await attempt(url, { ca: (await CertificateAuthority.create()).cert })).toMatchObject({ error: null });
  });

  test('may be below the root, or the self-signed certificate of the endpoint itself', async () => {
    const below = await authority.intermediate();
    const { url } = await endpoint(await below.issue({ names: LOOPBACK }));
    expect(await attempt(url, { ca: below.cert })).toMatchObject({ outcome: 'succeeded' });
    const selfSigned = await selfSignedCertificate({ names: LOOPBACK });
    const own = await endpoint(selfSigned);
    expect(await attempt(own.url, { ca: selfSigned.cert })).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a client certificate', () => {
  test('is shown to the endpoint', async () => {
    const { url } = await requiringClients();
    const outcome = await attempt(url, showing(client));
    expect(outcome.errorDetail).toBeNull();
    expect(outcome.response?.body.toString()).toBe('client');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that is missing over %s is tls, and the detail says so',
    async (version) => {
      const { url } = await requiringClients({ minVersion: version, maxVersion: version });
      const outcome = await attempt(url, { ca: authority.cert });
      expect(outcome).toMatchObject({ outcome: 'failed', error: 'tls' });
      expect(outcome.errorDetail).toContain('client certificate');
    },
  );

  test('of an authority that the endpoint does not know fails, and the detail names the client certificate', async () => {
    const { url } = await requiringClients();
    const stranger = await (await CertificateAuthority.create()).issue({ names: ['client'], usage: 'client' });
    const outcome = await attempt(url, showing(stranger));
    expect(outcome).toMatchObject({ outcome: 'failed', retryable: true });
    expect(outcome.errorDetail).toContain('client certificate');
  });

  test('with the key of another certificate is request_unbuildable, and the key is not quoted', async () => {
    const other = await authority.issue({ names: ['client'], usage: 'client' });
    const outcome = await attempt('https://127.0.0.1:1/', showing({ cert: client.cert, key: other.key }));
    expect(outcome).toMatchObject({ error: 'request_unbuildable', retryable: false });
    expect(outcome.errorDetail).toBe('The client certificate and its key cannot be used: key values mismatch.');
    expect(JSON.stringify(outcome)).not.toContain(other.key.split('\n')[1]);
  });

  test.each([
    ['a certificate without its key', { clientCertificate: 'x' }, /needs its key/],
    ['an authority that is no certificate', { ca: 'x' }, /request\.tls\.ca holds no certificate/],
  ])('settings with %s are request_unbuildable', async (_, tls, detail) => {
    const outcome = await attempt('https://127.0.0.1:1/', tls);
    expect(outcome).toMatchObject({ error: 'request_unbuildable', retryable: false });
    expect(outcome.errorDetail).toMatch(detail);
  });
});

describe('connections', () => {
  test('take changed settings at the next attempt, and never one that was made under others', async () => {
    const { url } = await endpoint(await selfSignedCertificate({ names: LOOPBACK }));
    expect(await attempt(url, { verify: false })).toMatchObject({ outcome: 'succeeded' });
    expect(await attempt(url)).toMatchObject({ error: 'tls' });
    expect(await attempt(url, { verify: false })).toMatchObject({ outcome: 'succeeded' });
  });

  test('with a client certificate serve nobody who shows another one or none', async () => {
    const { url } = await endpoint({ ...trusted, ca: authority.cert, requestCert: true, rejectUnauthorized: false });
    const second = await authority.issue({ names: ['second'], usage: 'client' });
    const seen: (string | undefined)[] = [];
    for (const tls of [showing(client), showing(second), { ca: authority.cert }, showing(client)]) {
      seen.push((await attempt(url, tls)).response?.body.toString());
    }
    expect(seen).toEqual(['client', 'second', 'nobody', 'client']);
  });

  test('are shared by integrations of the same settings', async () => {
    const { url, connections } = await endpoint(trusted);
    for (let i = 0; i < 10; i += 1) await attempt(url, { ca: authority.cert });
    expect(connections()).toBeLessThanOrEqual(2);
  });

  test('pass the egress guard whatever the TLS settings are', async () => {
    const guarded = attemptMaker({ egress: egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: [] }) });
    cleanups.push(() => guarded.close());
    const { url, connections } = await endpoint(trusted);
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:7f00:1]']) {
      const outcome = await attempt(url.replace('127.0.0.1', host), { verify: false, ...showing(client) }, guarded);
      expect(outcome).toMatchObject({ error: 'blocked_address' });
    }
    expect(connections()).toBe(0);
  });
});
