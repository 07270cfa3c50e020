import { promises } from 'node:dns';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DnsServer, startDnsServer } from './dns-server.js';

let server: DnsServer;
const resolver = new promises.Resolver({ timeout: 300, tries: 1 });

beforeAll(async () => {
  server = await startDnsServer();
  resolver.setServers([server.address]);
});
afterAll(() => server.close());

test('answers each kind of address, along aliases, and counts who asks', async () => {
  server.answer('both.example', { addresses: ['192.0.2.1', '2001:db8::1'], aliases: ['a.example', 'b.example'] });
  expect(await resolver.resolve4('both.example')).toEqual(['192.0.2.1']);
  expect(await resolver.resolve6('BOTH.example')).toEqual(['2001:db8::1']);
  expect(server.questions.map(({ name, type, nth }) => [name, type, nth])).toEqual([
    ['both.example', 'A', 1],
    ['both.example', 'AAAA', 1],
  ]);
});

test('answers by the number of the question', async () => {
  server.answer('other.example', ({ nth }) => ({ addresses: [`192.0.2.${nth}`], ttlSeconds: 0 }));
  expect([await resolver.resolve4('other.example'), await resolver.resolve4('other.example')]).toEqual([
    ['192.0.2.1'],
    ['192.0.2.2'],
  ]);
});

test('is asked by TCP for what is cut over UDP', async () => {
  server.answer('cut.example', ({ over }) => ({
    addresses: [over === 'tcp' ? '192.0.2.9' : '192.0.2.8'],
    truncated: true,
  }));
  expect(await resolver.resolve4('cut.example')).toEqual(['192.0.2.9']);
});

test.each([
  ['nxdomain', 'ENOTFOUND'],
  ['servfail', 'ESERVFAIL'],
  ['refused', 'EREFUSED'],
  ['silence', 'ETIMEOUT'],
  ['misshapen', 'EBADRESP'],
] as const)('does %s', async (answer, code) => {
  server.answer(`${answer}.example`, answer);
  await expect(resolver.resolve4(`${answer}.example`)).rejects.toMatchObject({ code });
});
