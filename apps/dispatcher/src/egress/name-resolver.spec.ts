import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DnsServer, startDnsServer } from '@hookstile/testing/dns-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTS_FILE_KEPT_MS } from './egress.bounds.js';
import { nameResolver } from './name-resolver.js';

const HOSTS = `
# 192.0.2.9 commented.example
192.0.2.1\tone.example  Both.example # 192.0.2.8 behind.example
2001:db8::1 both.example
not-an-address other.example
127.0.0.1 localhost
`;
const directory = mkdtempSync(join(tmpdir(), 'hosts-'));
const hostsFile = join(directory, 'hosts');
let names: DnsServer;

beforeAll(async () => {
  names = await startDnsServer();
  writeFileSync(hostsFile, HOSTS);
});

afterAll(async () => {
  await names.close();
  rmSync(directory, { recursive: true });
});

describe("the machine's hosts file", () => {
  it('names addresses before any server is asked', async () => {
    const resolve = nameResolver({ servers: [], monotonicMs: () => 0, hostsFile });
    expect(await resolve('one.example')).toEqual(['192.0.2.1']);
    expect(await resolve('BOTH.example.')).toEqual(['192.0.2.1', '2001:db8::1']);
    expect(await resolve('localhost')).toEqual(['127.0.0.1']);
  });

  it('is read again after a while', async () => {
    let nowMs = 0;
    const file = join(directory, 'changing');
    writeFileSync(file, '192.0.2.1 a.localhost');
    const resolve = nameResolver({ servers: [], monotonicMs: () => nowMs, hostsFile: file });
    expect(await resolve('a.localhost')).toEqual(['192.0.2.1']);
    writeFileSync(file, '192.0.2.2 a.localhost');
    expect(await resolve('a.localhost')).toEqual(['192.0.2.1']);
    nowMs = HOSTS_FILE_KEPT_MS;
    expect(await resolve('a.localhost')).toEqual(['192.0.2.2']);
  });

  it('may be missing', async () => {
    const resolve = nameResolver({ servers: [], monotonicMs: () => 0, hostsFile: join(directory, 'none') });
    expect(await resolve('hook.localhost')).toEqual(['127.0.0.1']);
  });

  it('is not read where HOOKSTILE_EGRESS_DNS names servers', async () => {
    const resolve = nameResolver({ servers: [names.address], monotonicMs: () => 0, hostsFile });
    await expect(resolve('one.example')).rejects.toMatchObject({ attemptError: 'dns' });
    expect(await resolve('localhost.')).toEqual(['127.0.0.1']);
    expect(names.questions.map(({ name }) => name)).not.toContain('localhost');
  });
});

it('asks the next of several servers where the first is silent', async () => {
  const silent = await startDnsServer();
  silent.answer('hook.example', 'silence');
  names.answer('hook.example', { addresses: ['192.0.2.1'] });
  const resolve = nameResolver({ servers: [silent.address, names.address], monotonicMs: () => 0 });
  expect(await resolve('hook.example')).toEqual(['192.0.2.1']);
  await silent.close();
});
