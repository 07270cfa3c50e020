import { describe, expect, it } from 'vitest';
import { type Customer, compact, type ProductsWorld, sampleOf, WAYS } from './products-world.js';

const TYPES = ['Agent.Create', 'Agent.Uninstall', 'Agent.Reinstall', 'Agent.Delete', 'UserRequest.Create'];
const SAMPLES = [
  { type: 'Agent.Create', sample: sampleOf('defensx-agent-create') },
  { type: 'UserRequest.Create', sample: sampleOf('defensx-user-request-create') },
];
const MS_PER_SECOND = 1_000;

const timeOf = (sample: string): string => new Date(JSON.parse(sample).time * MS_PER_SECOND).toISOString();

/** The bytes of the sample's payload. */
const payloadOf = (sample: string): string => /"payload":\s*(\{[\s\S]*\})\s*\}$/.exec(sample)?.[1] ?? '';

/** The document "Configuring API Callback Notifications" of DefensX, sentence by sentence. */
export function defensX(world: () => ProductsWorld): void {
  describe('defensx', () => {
    const cases = WAYS.flatMap((way) => SAMPLES.map((sample) => ({ way, ...sample })));
    it.each(cases)('sends "A sample request body for the $type event" as it is shown, from $way', async (given) => {
      const { way, type, sample } = given;
      const customer = await world().customer();
      const path = `/defensx/sample/${way}/${type}`;
      await customer.integration('defensx', path);
      await customer.emit(way, { type, time: timeOf(sample), data: compact(payloadOf(sample)) });
      const [request] = await world().receiver.received(path, 1);
      expect(String(request?.body)).toBe(compact(sample));
    });

    it('"sent to API endpoint … via HTTP POST request", "The request content-type will be application/json", unsigned', async () => {
      const customer = await world().customer();
      await customer.integration('defensx', '/defensx/post');
      await customer.emit('http', { type: 'Agent.Delete', data: '{}' });
      const [request] = await world().receiver.received('/defensx/post', 1);
      expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
      expect(request?.headers).not.toHaveProperty('webhook-signature');
    });

    it('gives the "Related object" in the bytes that it came in, whitespace and escapes included', async () => {
      const customer = await world().customer();
      await customer.integration('defensx', '/defensx/bytes');
      const payload = payloadOf(SAMPLES[1]?.sample ?? '');
      await customer.emit('http', { type: 'UserRequest.Create', time: '2023-02-24T12:18:01.900Z', data: payload });
      const [request] = await world().receiver.received('/defensx/bytes', 1);
      expect(String(request?.body)).toBe(`{"event":"UserRequest.Create","time":1677241081,"payload":${payload}}`);
    });

    it('"Following event types are supported": those five, and no other', async () => {
      const customer = await world().customer();
      await customer.integration('defensx', '/defensx/types');
      for (const type of ['Agent.Update', ...TYPES]) await customer.emit('http', { type, data: '{}' });
      const requests = await world().receiver.received('/defensx/types', TYPES.length);
      expect(requests.map(({ body }) => JSON.parse(String(body)).event)).toEqual(TYPES);
    });

    it('"only a single endpoint was used": a tenant has one, and another only after it', async () => {
      const customer = await world().customer();
      const { id } = await customer.integration('defensx', '/defensx/one');
      expect(await second(customer)).toMatchObject({ status: 409, body: { code: 'endpoint_exists' } });
      await customer.api.expect(204, 'DELETE', `/v1/integrations/${id}`, { headers: { 'if-match': '*' } });
      expect(await second(customer)).toMatchObject({ status: 201 });
    });
  });
}

const second = (customer: Customer) =>
  customer.api.send('POST', '/v1/integrations', {
    body: { name: 'second', profile: 'defensx', url: `${customer.world.receiver.url}/defensx/two` },
  });
