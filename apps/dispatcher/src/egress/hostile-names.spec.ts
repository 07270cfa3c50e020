import { until } from '@hookstile/testing';
import { type DnsServer, startDnsServer } from '@hookstile/testing/dns-server';
import { HOSTILE_NAMES, INSIDE_ADDRESS, PUBLIC_ADDRESS } from '@hookstile/testing/hostile-names';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DNS_TIMEOUT_MS, DNS_TRIES_MAX } from './egress.bounds.js';
import { egressUnderTest } from './egress.fake.js';
import type { EgressSettings } from './egress.js';
import { type ExchangeResult, exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';
import { resolveByDns } from './resolve-by-dns.js';
import { type ResolveName, resolveOnce } from './resolve-once.js';
import { type Sentinels, startSentinels } from './sentinels.fake.js';

const SLACK_MS = 2_000;

let names: DnsServer;
let pools: OriginPools;
let sentinels: Sentinels;

const poolsOf = (settings: Partial<EgressSettings> = {}, resolveOwn?: ResolveName) => {
  const egress = egressUnderTest(
    {
      HOOKSTILE_EGRESS_ALLOW: [PUBLIC_ADDRESS],
      HOOKSTILE_EGRESS_DNS: [names.address],
      ...settings,
    },
    resolveOwn ? { resolveOwn } : {},
  );
  return new OriginPools((tls) => egress.connectorFor(tls));
};

beforeAll(async () => {
  names = await startDnsServer();
  sentinels = await startSentinels();
  names.answer('well.example.com', { addresses: [PUBLIC_ADDRESS] });
  pools = poolsOf();
});

afterAll(async () => {
  await pools.close();
  await names.close();
  sentinels.close();
});

const post = (name: string, by = pools): Promise<ExchangeResult> =>
  exchange(by.of(`http://${name}:${sentinels.port}`, null), {
    path: '/',
    method: 'POST',
    headers: [],
    body: Buffer.from('{}'),
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    mayBegin: () => true,
  });
const wordOf = (result: ExchangeResult) => (result.answer ? 'reaches' : result.error);
const askedFor = (name: string) => names.questions.filter((question) => question.name === name);

describe('a name service that answers', () => {
  it.each(HOSTILE_NAMES.map((hostile, index) => ({ ...hostile, name: `n${index}.example.com` })))(
    '$what: $ends',
    async ({ name, answers, ends }) => {
      names.answer(name, answers);
      const startedMs = performance.now();
      expect(wordOf(await post(name))).toBe(ends);
      expect(performance.now() - startedMs).toBeLessThan(DNS_TIMEOUT_MS + SLACK_MS);
    },
  );
});

describe('names', () => {
  it('never led inside', () => {
    expect(sentinels.hits).toBe(0);
  });

  it('are resolved once a connection: what was checked is what is connected to', async () => {
    names.answer('once.example.com', ({ nth }) => ({
      addresses: [nth === 1 ? PUBLIC_ADDRESS : INSIDE_ADDRESS],
      ttlSeconds: 0,
    }));
    expect(wordOf(await post('once.example.com'))).toBe('reaches');
    expect(
      askedFor('once.example.com')
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['A', 'AAAA']);
  });

  it('are resolved anew for the next connection, whatever time to live they had', async () => {
    names.answer('moves.example.com', ({ nth }) => ({
      addresses: [nth === 1 ? PUBLIC_ADDRESS : INSIDE_ADDRESS],
      ttlSeconds: 86_400,
    }));
    expect(wordOf(await post('moves.example.com'))).toBe('reaches');
    expect(wordOf(await post('moves.example.com'))).toBe('blocked_address');
    expect(sentinels.hits).toBe(0);
  });

  it('are not waited for where one kind of address is known and the other is not answered', async () => {
    names.answer('half.example.com', ({ type }) => (type === 'A' ? { addresses: [PUBLIC_ADDRESS] } : 'silence'));
    expect(wordOf(await post('half.example.com'))).toBe('reaches');
    // It is asked again and again until its time is over.
    expect(askedFor('half.example.com').filter(({ type }) => type === 'AAAA').length).toBeLessThan(DNS_TRIES_MAX);
  });

  it('whose servers are silent hold up no other, however many they are', async () => {
    const crowded = poolsOf();
    const silent = Array.from({ length: 50 }, (_, n) => `silent${n}.example.com`);
    for (const name of silent) names.answer(name, 'silence');
    const held = silent.map((name) => post(name, crowded));
    await until(() => askedFor('silent49.example.com').length > 0);
    expect(wordOf(await post('well.example.com', crowded))).toBe('reaches');
    await crowded.close();
    expect((await Promise.all(held)).every(({ answer }) => answer === null)).toBe(true);
  });

  it('are resolved beside more silent ones than are resolved at the same time', async () => {
    const resolve = resolveOnce(resolveByDns([names.address]), 8);
    const silent = Array.from({ length: 20 }, (_, n) => `flood${n}.example.com`);
    for (const name of silent) names.answer(name, 'silence');
    const held = silent.map((name) => resolve(name).catch(String));
    expect(await resolve('well.example.com')).toEqual([PUBLIC_ADDRESS]);
    for (const reason of await Promise.all(held.slice(0, 13))) expect(reason).toContain('Too many host names');
  });

  it('of several addresses lead to the next where one refuses the connection', async () => {
    const several = poolsOf({ HOOKSTILE_EGRESS_ALLOW: [PUBLIC_ADDRESS, '127.0.0.3', '127.0.0.4'] });
    names.answer('several.example.com', { addresses: ['127.0.0.3', '127.0.0.4', PUBLIC_ADDRESS] });
    names.answer('closed.example.com', { addresses: ['127.0.0.3', '127.0.0.4'] });
    expect(wordOf(await post('several.example.com', several))).toBe('reaches');
    expect(wordOf(await post('closed.example.com', several))).toBe('connect');
    await several.close();
  });

  it('for use inside a network are not even asked for where nothing is allowed', async () => {
    const closed = poolsOf({ HOOKSTILE_EGRESS_ALLOW: [] });
    for (const name of ['kafka', 'db.internal', 'api.shop.svc', 'api.shop.svc.cluster.local', 'printer.local.']) {
      expect(wordOf(await post(name, closed))).toBe('blocked_address');
      expect(askedFor(name)).toEqual([]);
    }
    await closed.close();
  });

  it('for use inside a network lead to addresses that are allowed, and to no public one', async () => {
    names.answer('hook.shop.svc.cluster.local', { addresses: [PUBLIC_ADDRESS] });
    names.answer('cdn.internal', { addresses: ['93.184.215.14'] });
    expect(wordOf(await post('hook.shop.svc.cluster.local'))).toBe('reaches');
    expect(wordOf(await post('cdn.internal'))).toBe('blocked_address');
  });

  it("of the platform's own are refused where their addresses are allowed", async () => {
    for (const name of ['postgres', 'kafka-0.example.com', 'telemetry.example.com']) {
      names.answer(name, { addresses: [PUBLIC_ADDRESS] });
    }
    names.answer('other.example.com', { addresses: [PUBLIC_ADDRESS] });
    const own = poolsOf({
      DATABASE_URL: 'postgres://user:secret@postgres:5432/hookstile',
      KAFKA_BROKERS: ['kafka-0.example.com:9092'],
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://telemetry.example.com:4318',
    });
    for (const name of ['postgres', 'kafka-0.example.com', 'Telemetry.example.com.']) {
      expect(wordOf(await post(name, own))).toBe('blocked_address');
    }
    expect(wordOf(await post('other.example.com', own))).toBe('reaches');
    const ownAddress = poolsOf({ KAFKA_BROKERS: [`${PUBLIC_ADDRESS}:${sentinels.port}`] });
    expect(wordOf(await post('other.example.com', ownAddress))).toBe('blocked_address');
    await Promise.all([own.close(), ownAddress.close()]);
  });

  it("lead to no address of the platform's own names, whatever the platform calls it", async () => {
    names.answer('alias.example.com', { addresses: [PUBLIC_ADDRESS] });
    const resolveOwn: ResolveName = async (name) => {
      if (name === 'kafka-1') throw new Error('gone');
      return [PUBLIC_ADDRESS];
    };
    const own = poolsOf({ KAFKA_BROKERS: ['kafka-1:9092', `kafka-0:${sentinels.port}`] }, resolveOwn);
    expect(wordOf(await post('alias.example.com', own))).toBe('blocked_address');
    expect(wordOf(await post(PUBLIC_ADDRESS, own))).toBe('blocked_address');
    expect(wordOf(await post('alias.example.com'))).toBe('reaches');
    await own.close();
  });
});
