import { startReceiver, until } from '@hookstile/testing';
import { CertificateAuthority, selfSignedCertificate } from '@hookstile/testing/certificates';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProductsWorld, sampleOf, WAYS } from './products-world.js';

const SAMPLE = sampleOf('netography-start');
const VIEW_LAG_MAX_MS = 10_000;
const STATES = ['event.start', 'event.ongoing', 'event.end'];

/** The document "Webhook" of Netography, sentence by sentence. */
export function netography(world: () => ProductsWorld): void {
  describe('netography', () => {
    it.each(WAYS)(
      'posts "an example of a webhook JSON POST body sent when an event is started" in its own bytes, from %s',
      async (way) => {
        const customer = await world().customer();
        await customer.integration('netography', `/netography/sample/${way}`);
        await customer.emit(way, { type: 'event.start', data: SAMPLE });
        const [request] = await world().receiver.received(`/netography/sample/${way}`, 1);
        expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
        expect(String(request?.body)).toBe(SAMPLE);
      },
    );

    it('"Every time an event has a state update (start, ongoing, end) Netography will send the the event information to the URL specified", unsigned', async () => {
      const customer = await world().customer();
      await customer.integration('netography', '/netography/states');
      for (const type of ['event.other', ...STATES]) {
        await customer.emit('http', { type, data: JSON.stringify({ alerttype: type }) });
      }
      const requests = await world().receiver.received('/netography/states', STATES.length);
      expect(requests.map(({ body }) => JSON.parse(String(body)).alerttype)).toEqual(STATES);
      expect(requests[0]?.headers).not.toHaveProperty('webhook-signature');
    });

    it('"The field names in the webhook can be customized to match fields your webhook service is already looking for"', async () => {
      const customer = await world().customer();
      const body = {
        rename: { srcip: 'source_ip', '/metrics/bits/avg': 'mean' },
        omit: ['beta', '/metrics/clockahead'],
      };
      await customer.integration('netography', '/netography/fields', { request: { body } });
      await customer.emit('http', { type: 'event.start', data: SAMPLE });
      const [request] = await world().receiver.received('/netography/fields', 1);
      const sent = String(request?.body);
      const wanted = JSON.parse(SAMPLE.replace('"srcip":[', '"source_ip":['));
      delete wanted.beta;
      delete wanted.metrics.clockahead;
      wanted.metrics.bits.mean = wanted.metrics.bits.avg;
      delete wanted.metrics.bits.avg;
      expect(JSON.parse(sent)).toEqual(wanted);
      expect(Object.keys(JSON.parse(sent)).indexOf('source_ip')).toBe(
        Object.keys(JSON.parse(SAMPLE)).indexOf('srcip') - 1,
      );
      expect(sent).toContain('"mean":0.00,');
    });

    it('"Comma separated list of header: value pairs": X-Netography: Webhook', async () => {
      const customer = await world().customer();
      const headers = 'X-Netography: Webhook, X-List: a, b, c, X-Site: 7';
      await customer.integration('netography', '/netography/headers', { request: { headers } });
      await customer.emit('http', { type: 'event.end', data: '{}' });
      const [request] = await world().receiver.received('/netography/headers', 1);
      expect(request?.headers).toMatchObject({ 'x-netography': 'Webhook', 'x-list': 'a, b, c', 'x-site': '7' });
    });

    it.each([
      ['ann', 's3cret', 'Basic YW5uOnMzY3JldA=='],
      ['ann', '', 'Basic YW5uOg=='],
      ['', '', 'Basic Og=='],
    ])(
      '"HTTP Basic Auth ID" and "HTTP Basic Auth password", neither of them needed: %s, %s',
      async (username, password, header) => {
        const customer = await world().customer();
        const path = `/netography/basic/${username}/${password.length}`;
        const auth = { type: 'basic', username, password };
        await customer.integration('netography', path, { request: { auth } });
        await customer.emit('http', { type: 'event.ongoing', data: '{}' });
        const [request] = await world().receiver.received(path, 1);
        expect(request?.headers.authorization).toBe(header);
      },
    );

    it.each([
      {
        server: 'whose certificate vouches for itself',
        certificate: () => selfSignedCertificate({ names: ['127.0.0.1'] }),
      },
      { server: 'of an authority that nobody knows, under another name', certificate: unknownAndMisnamed },
    ])(
      '"the server certificate will not be validated against the available certificate authorities. Also won’t require the URL host name to match the common name": a server $server',
      async ({ certificate }) => {
        const customer = await world().customer();
        const receiver = await startReceiver(0, await certificate());
        onTestFinished(() => receiver.close());
        const create = (name: string, settings: object) =>
          customer.api.expect<{ id: string }>(201, 'POST', '/v1/integrations', {
            body: { name, profile: 'netography', url: `${receiver.url}/${name}`, retry: { delaysMs: [] }, ...settings },
          });
        const checked = await create('checked', {});
        await create('skipped', { request: { tls: { verify: false } } });
        await customer.emit('http', { type: 'event.start', data: SAMPLE });
        const [request] = await receiver.received('/skipped', 1);
        expect(String(request?.body)).toBe(SAMPLE);
        const rows = await until(
          async () => {
            const found = await customer.api.list<{ error: string }>(`/v1/event-log?integrationId=${checked.id}`);
            return found.length > 0 ? found : null;
          },
          { what: 'the refused attempt in the event log', timeoutMs: VIEW_LAG_MAX_MS },
        );
        expect(rows).toMatchObject([{ error: 'tls', outcome: 'failed' }]);
        expect(receiver.on('/checked')).toHaveLength(0);
      },
    );
  });
}

async function unknownAndMisnamed() {
  const authority = await CertificateAuthority.create();
  return authority.issue({ names: ['elsewhere.example'] });
}
