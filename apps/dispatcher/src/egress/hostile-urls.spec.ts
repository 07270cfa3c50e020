import { type AddressInfo, createServer, type Server } from 'node:net';
import { HOSTILE_URLS, type HostileUrl } from '@hookstile/testing/hostile-urls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestTargetOf } from '../request/request-target.js';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import { egressUnderTest } from './egress.fake.js';
import { type ExchangeResult, exchange } from './exchange.js';
import { OriginPools } from './origin-pools.js';

let sentinel: Server;
let port: number;
let hits = 0;
const refusing = new OriginPools((tls) => egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: [] }).connectorFor(tls));
const allowing = new OriginPools((tls) =>
  egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: ['127.0.0.0/8'] }).connectorFor(tls),
);

beforeAll(async () => {
  sentinel = createServer((socket) => {
    hits += 1;
    socket.on('error', () => undefined).on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => sentinel.listen(0, '::', resolve));
  port = (sentinel.address() as AddressInfo).port;
});

afterAll(async () => {
  await Promise.all([refusing.close(), allowing.close()]);
  sentinel.close();
});

/** As an attempt is made: the URL is read, and the request goes to the pool of its origin. */
async function send(pools: OriginPools, { url }: HostileUrl): Promise<string> {
  try {
    const target = requestTargetOf(url.replace('PORT', String(port)));
    return wordOf(
      await exchange(pools.of(target.origin, null), {
        path: target.path,
        method: 'POST',
        headers: [],
        body: Buffer.from('{}'),
        timeoutMs: 5_000,
        signal: new AbortController().signal,
        mayBegin: () => true,
      }),
    );
  } catch (error) {
    if (error instanceof RequestUnbuildableError) return 'request_unbuildable';
    throw error;
  }
}

const wordOf = (result: ExchangeResult) => (result.answer ? `answered ${result.answer.status}` : result.error);

describe('a URL that leads where no webhook may be', () => {
  it.each(HOSTILE_URLS)('is refused, and nothing connects: $what ($url)', async (hostile) => {
    const before = hits;
    expect(['blocked_address', 'request_unbuildable']).toContain(await send(refusing, hostile));
    expect(hits).toBe(before);
  });

  it.each(HOSTILE_URLS.filter(({ loopback }) => loopback))(
    'leads there where it is allowed: $what',
    async (hostile) => {
      const before = hits;
      expect(await send(allowing, hostile)).toBe('answered 200');
      expect(hits).toBe(before + 1);
    },
  );

  it('is one of sixty and more', () => {
    expect(HOSTILE_URLS.length).toBeGreaterThanOrEqual(60);
  });
});
