import { type DnsServer, startDnsServer } from '@hookstile/testing/dns-server';
import { type ForwardProxy, startForwardProxy } from '@hookstile/testing/forward-proxy';
import { INSIDE_ADDRESS, PUBLIC_ADDRESS } from '@hookstile/testing/hostile-names';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deciding } from '../decisions/deciding.fake.js';
import { Dispatching } from '../dispatching.fake.js';
import { type Sentinels, startSentinels } from './sentinels.fake.js';

const FAILING = 'HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

let names: DnsServer;
let sentinels: Sentinels;
let failing: Sentinels;
let proxy: ForwardProxy;
let world: Dispatching;
let deciding: Deciding;
/** The same dispatcher, but all it sends goes through a proxy. */
let proxied: Dispatching;

beforeAll(async () => {
  names = await startDnsServer();
  sentinels = await startSentinels();
  failing = await startSentinels(FAILING);
  proxy = await startForwardProxy({ kind: 'socks5' });
  const environment = { HOOKSTILE_EGRESS_ALLOW: PUBLIC_ADDRESS, HOOKSTILE_EGRESS_DNS: names.address };
  names.answer('well.example.com', { addresses: [PUBLIC_ADDRESS] });
  names.answer('inside.example.com', { addresses: [INSIDE_ADDRESS, '::1'] });
  names.answer('kafka', { addresses: [INSIDE_ADDRESS] });
  names.answer('mixed.example.com', { addresses: [PUBLIC_ADDRESS, '::1'] });
  const HOOKSTILE_EGRESS_PROXY = `socks5://127.0.0.1:${proxy.port}`;
  [world, proxied, deciding] = await Promise.all([
    started(environment),
    started({ ...environment, HOOKSTILE_EGRESS_PROXY }),
    Deciding.start(environment),
  ]);
});

afterAll(async () => {
  await Promise.all([world.close(), proxied.close(), deciding.close()]);
  await Promise.all([names.close(), proxy.close()]);
  sentinels.close();
  failing.close();
});

async function started(environment: NodeJS.ProcessEnv): Promise<Dispatching> {
  const created = await Dispatching.create();
  await created.start(environment);
  return created;
}

const retry = { onExhausted: 'continue' as const, stopOn: [], disableOn: [], retryAfterMaxMs: 0, delaysMs: [] };
const at = (name: string, { port } = sentinels) => `http://${name}:${port}/hook`;

async function deliver(id: string, url: string, delaysMs: number[] = [], through = world) {
  const integration = await through.configure({ id, settings: { url, retry: { ...retry, delaysMs } } });
  await through.route(integration, 0, 1);
  return through.journaled(id, delaysMs.length + 1);
}

describe('a dispatcher', () => {
  it('delivers to a name that may be reached', async () => {
    expect(await deliver('int_well', at('well.example.com'))).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it.each([
    ['int_inside', 'inside.example.com'],
    ['int_mixed', 'mixed.example.com'],
    ['int_decimal', '2130706433'],
    ['int_mapped', '[::ffff:7f00:1]'],
    ['int_v6', '[::1]'],
    ['int_localhost', 'localhost'],
    ['int_kafka', 'kafka'],
  ])('delivers nothing for %s to %s, and the log says why', async (id, host) => {
    const [record] = await deliver(id, at(host));
    expect(record).toMatchObject({ outcome: 'failed', error: 'blocked_address', httpStatus: null, response: null });
    expect(sentinels.hits).toBe(0);
  });

  it('does not follow a name that moves inside between two attempts', async () => {
    names.answer('moves.example.com', ({ nth }) => ({
      addresses: [nth === 1 ? PUBLIC_ADDRESS : INSIDE_ADDRESS],
      ttlSeconds: 0,
    }));
    const records = await deliver('int_moves', at('moves.example.com', failing), [1]);
    expect(records.map(({ error }) => error)).toEqual(['http_status', 'blocked_address']);
    expect([failing.reached, failing.hits]).toEqual([1, 0]);
  });

  it('tests no integration whose webhook is inside', async () => {
    await world.configure({ id: 'int_trial', settings: { url: at('inside.example.com') } });
    const { body } = await world.post('/v1/integrations/int_trial/test');
    expect(body).toMatchObject({ outcome: 'failed', error: 'blocked_address' });
    expect(sentinels.hits).toBe(0);
  });

  it('delivers through its proxy, which gets the address that was checked and nothing of what is refused', async () => {
    expect(await deliver('int_well', at('well.example.com'), [], proxied)).toMatchObject([{ outcome: 'succeeded' }]);
    const refused = await deliver('int_inside', at('inside.example.com'), [], proxied);
    expect(refused).toMatchObject([{ error: 'blocked_address' }]);
    expect(proxy.asked).toEqual([`${PUBLIC_ADDRESS}:${sentinels.port}`]);
  });
});

describe('a decision', () => {
  it('asks no hook that is inside', async () => {
    await deciding.configure({ id: 'rul_inside', settings: { url: at('inside.example.com') } });
    expect((await deciding.decide('rul_inside')).body).toMatchObject({ decision: 'denied', code: 'blocked_address' });
    const { body } = await deciding.post('/v1/decision-rules/rul_inside/test', { context: {} });
    expect(body).toMatchObject({ decision: 'denied', response: null });
    expect(sentinels.hits).toBe(0);
  });

  it('asks no token endpoint that is inside, and then no hook', async () => {
    const id = 'rul_token';
    const clientSecret = deciding.sealed('secret', id);
    const auth = { type: 'oauth2', tokenUrl: at('inside.example.com'), clientId: 'hookstile', clientSecret } as const;
    const { reached } = sentinels;
    await deciding.configure({ id, settings: { url: at('well.example.com'), auth } });
    const { body } = await deciding.decide(id);
    expect(body).toMatchObject({ decision: 'denied', code: 'connect' });
    expect(body.reason).toContain('is not public');
    expect([sentinels.reached, sentinels.hits]).toEqual([reached, 0]);
  });
});
