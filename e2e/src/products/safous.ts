import { until } from '@hookstile/testing';
import { startAuthorizationServer } from '@hookstile/testing/authorization-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Customer, ProductsWorld } from './products-world.js';

const VIEW_LAG_MAX_MS = 10_000;
const CONTEXT = {
  username: 'ann',
  internal_addr: '10.0.0.7',
  user_agent: 'Mozilla/5.0 "quoted"',
  remote_ip: '203.0.113.7',
  cert_thumbprint: 'aa11',
  cert_thumbprint_upper: 'AA11',
  cert_thumbprint_256: 'bb22',
  cert_thumbprint_256_upper: 'BB22',
  cert_name: 'laptop-7',
  cert_alt_name: 'laptop-7.example.com',
  device_id: 'D-7',
  groups: ['g1', 'g2'],
  group_names: ['Staff', 'Night "shift"'],
  headers: { 'Accept-Language': 'de', authorization: 'Bearer t' },
};
const PARAMETERS = Object.keys(CONTEXT).filter((name) => name !== 'headers');
const ALLOW = [{ type: 'allow', key: 'access', value: 'yes' }];

interface Decision {
  decision: 'granted' | 'denied';
  code: string;
  reason: string;
  httpStatus: number | null;
}

interface Rule {
  id: string;
  version: number;
}

function ruleFor(customer: Customer, path: string, settings: Record<string, unknown> = {}): Promise<Rule> {
  const url = `${customer.world.receiver.url}${path}`;
  const body = { name: path, method: 'GET', url, responseActions: ALLOW, ...settings };
  return customer.api.expect(201, 'POST', '/v1/decision-rules', { body });
}

const decide = (customer: Customer, rule: string, context: unknown = CONTEXT): Promise<Decision> =>
  customer.api.expect(200, 'POST', '/v1/decisions', { body: { rule, context } });

const answerWith = (world: ProductsWorld, path: string, body: string, status = 200): void =>
  world.receiver.answer(path, [{ status, body }]);

/** The document "Webhook Integration" of Safous, sentence by sentence. */
export function safous(world: () => ProductsWorld): void {
  describe('safous', () => {
    it('"Access will be granted if the webhook criteria are met", "denied if the webhook criteria are not met"', async () => {
      const customer = await world().customer();
      await ruleFor(customer, '/safous/criteria');
      answerWith(world(), '/safous/criteria', '{"access":"yes"}');
      expect(await decide(customer, '/safous/criteria')).toMatchObject({ decision: 'granted', code: 'matched' });
      answerWith(world(), '/safous/criteria', '{"access":"no"}');
      expect(await decide(customer, '/safous/criteria')).toMatchObject({ decision: 'denied', code: 'no_match' });
    });

    it('"select GET as Method": "When using the Get method, parameters are available for headers", "as many headers as you’d like"', async () => {
      const customer = await world().customer();
      const parameters = PARAMETERS.map((name) => [`X-${name.replaceAll('_', '-')}`, `%${name}%`]);
      const headers = { 'X-Static': 'one', ...Object.fromEntries(parameters) };
      await ruleFor(customer, '/safous/get', { headers });
      await decide(customer, '/safous/get');
      const [request] = await world().receiver.received('/safous/get', 1);
      expect(request).toMatchObject({ method: 'GET', path: '/safous/get' });
      expect(request?.body).toHaveLength(0);
      expect(request?.headers).toMatchObject({
        'x-static': 'one',
        'x-username': 'ann',
        'x-internal-addr': '10.0.0.7',
        'x-user-agent': 'Mozilla/5.0 "quoted"',
        'x-remote-ip': '203.0.113.7',
        'x-cert-thumbprint': 'aa11',
        'x-cert-thumbprint-upper': 'AA11',
        'x-cert-thumbprint-256': 'bb22',
        'x-cert-thumbprint-256-upper': 'BB22',
        'x-cert-name': 'laptop-7',
        'x-cert-alt-name': 'laptop-7.example.com',
        'x-device-id': 'D-7',
        'x-groups': 'g1,g2',
        'x-group-names': 'Staff,Night "shift"',
      });
    });

    it('"select POST as Method": "You can define body parameters using the ones listed below"', async () => {
      const customer = await world().customer();
      const members = PARAMETERS.map((name) => `"${name}":"%${name}%"`);
      await ruleFor(customer, '/safous/post', { method: 'POST', body: `{${members.join(',')}}` });
      await decide(customer, '/safous/post');
      const [request] = await world().receiver.received('/safous/post', 1);
      expect(request).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
      const { headers: _, ...given } = CONTEXT;
      expect(JSON.parse(String(request?.body))).toEqual({
        ...given,
        groups: 'g1,g2',
        group_names: 'Staff,Night "shift"',
      });
    });

    it('"%headers.XYZ% - sending the value of a specific header (e.g. headers.Accept-Language, headers.Authorization)"', async () => {
      const customer = await world().customer();
      const headers = {
        'X-Language': '%headers.accept-language%',
        'X-Auth': '%headers.Authorization%',
        'X-None': '%headers.nope%',
      };
      await ruleFor(customer, '/safous/headers', { headers });
      await decide(customer, '/safous/headers');
      const [request] = await world().receiver.received('/safous/headers', 1);
      expect(request?.headers).toMatchObject({ 'x-language': 'de', 'x-auth': 'Bearer t', 'x-none': '' });
    });

    it('"there is no autocomplete option when filling in the parameters": one that is misspelt is refused', async () => {
      const customer = await world().customer();
      const body = { name: 'm', method: 'GET', url: 'https://example.com/', headers: { 'X-User': '%usrname%' } };
      expect(await customer.api.send('POST', '/v1/decision-rules', { body })).toMatchObject({
        status: 422,
        body: { errors: [{ code: 'unknown_parameter' }] },
      });
    });

    it('"Basic: Enter username and password"', async () => {
      const customer = await world().customer();
      await ruleFor(customer, '/safous/basic', { auth: { type: 'basic', username: 'ann', password: 's3cret' } });
      await decide(customer, '/safous/basic');
      const [request] = await world().receiver.received('/safous/basic', 1);
      expect(request?.headers.authorization).toBe('Basic YW5uOnMzY3JldA==');
    });

    it('"OAuth: Token URL, Client ID, Client Secret"', async () => {
      const customer = await world().customer();
      const server = await startAuthorizationServer({ clientId: 'gate', clientSecret: 's3cret' });
      onTestFinished(() => server.close());
      const auth = { type: 'oauth2', tokenUrl: server.tokenUrl, clientId: 'gate', clientSecret: 's3cret' };
      await ruleFor(customer, '/safous/oauth', { auth });
      answerWith(world(), '/safous/oauth', '{"access":"yes"}');
      expect(await decide(customer, '/safous/oauth')).toMatchObject({ decision: 'granted' });
      const [request] = await world().receiver.received('/safous/oauth', 1);
      const [scheme, token = ''] = String(request?.headers.authorization).split(' ');
      expect([scheme, await server.accepts(token)]).toEqual(['Bearer', true]);
    });

    it('"JSON or JSONP are the content types of the API"', async () => {
      const customer = await world().customer();
      await ruleFor(customer, '/safous/jsonp', { verification: 'jsonp' });
      answerWith(world(), '/safous/jsonp', '/**/ app.onAnswer_1({"access":"yes"});');
      expect(await decide(customer, '/safous/jsonp')).toMatchObject({ decision: 'granted' });
      answerWith(world(), '/safous/jsonp', 'cb({"access":"yes"});process.exit(1)');
      expect(await decide(customer, '/safous/jsonp')).toMatchObject({ decision: 'denied', code: 'unparseable' });
    });

    it('"You can add as many API Response Actions as needed": Type, Key and Value', async () => {
      const customer = await world().customer();
      const responseActions = [
        { type: 'deny', key: 'device.state', value: 'lost' },
        { type: 'allow', key: '/groups', value: 'admins' },
        { type: 'allow', key: 'score', value: '7' },
      ];
      await ruleFor(customer, '/safous/actions', { responseActions });
      const verdictOn = async (body: string) => {
        answerWith(world(), '/safous/actions', body);
        return (await decide(customer, '/safous/actions')).decision;
      };
      expect(await verdictOn('{"device":{"state":"lost"},"groups":["admins"]}')).toBe('denied');
      expect(await verdictOn('{"groups":["staff","admins"]}')).toBe('granted');
      expect(await verdictOn('{"score":7}')).toBe('granted');
      expect(await verdictOn('{"score":8}')).toBe('denied');
    });

    it('"In order for webhook integrations to work, the integration must be enabled"', async () => {
      const customer = await world().customer();
      const { id } = await ruleFor(customer, '/safous/enabled');
      await customer.api.expect(200, 'POST', `/v1/decision-rules/${id}/disable`);
      expect(await customer.api.send('POST', '/v1/decisions', { body: { rule: id, context: {} } })).toMatchObject({
        status: 409,
        body: { code: 'rule_disabled' },
      });
      await customer.api.expect(200, 'POST', `/v1/decision-rules/${id}/enable`);
      expect(await decide(customer, id)).toMatchObject({ decision: 'denied' });
    });

    it('"Creating, deleting, and editing webhooks are recorded in the … Audit Logs"', async () => {
      const customer = await world().customer();
      const { id } = await ruleFor(customer, '/safous/audited');
      const headers = { 'if-match': '*' };
      await customer.api.expect(200, 'PATCH', `/v1/decision-rules/${id}`, { headers, body: { timeoutMs: 900 } });
      await customer.api.expect(204, 'DELETE', `/v1/decision-rules/${id}`, { headers });
      const rows = await listed<{ action: string }>(customer, `/v1/audit-log?subjectId=${id}`, 3);
      const actions = ['decision_rule.deleted', 'decision_rule.updated', 'decision_rule.created'];
      expect(rows.map(({ action }) => action)).toEqual(actions);
    });

    it('"the report of the reason why access was denied are available in the … Activity Logs > Status Column"', async () => {
      const customer = await world().customer();
      const { id } = await ruleFor(customer, '/safous/reason');
      answerWith(world(), '/safous/reason', '{}', 503);
      const { reason } = await decide(customer, id);
      const [row] = await listed<Record<string, unknown>>(customer, `/v1/activity-log?ruleId=${id}`, 1);
      expect(row).toMatchObject({ decision: 'denied', code: 'http_status', httpStatus: 503, reason, username: 'ann' });
      expect(reason).toContain('503');
      expect(JSON.stringify(row)).not.toContain('Bearer t');
    });

    it('"After you have enabled the integration in your policy, you can test it": the request is shown, secrets masked', async () => {
      const customer = await world().customer();
      const { id } = await ruleFor(customer, '/safous/test', {
        headers: { 'X-Key': 's3cret', 'X-User': '%username%' },
      });
      answerWith(world(), '/safous/test', '{"access":"yes"}');
      const tested = await customer.api.expect(200, 'POST', `/v1/decision-rules/${id}/test`, {
        body: { context: CONTEXT },
      });
      expect(tested).toMatchObject({ decision: 'granted', matchedAction: ALLOW[0], response: { httpStatus: 200 } });
      expect(JSON.stringify(tested)).not.toContain('s3cret');
      expect(world().receiver.on('/safous/test')[0]?.headers['x-key']).toBe('s3cret');
    });
  });
}

function listed<T>(customer: Customer, path: string, count: number): Promise<T[]> {
  return until(
    async () => {
      const rows = await customer.api.list<T>(path);
      return rows.length >= count ? rows : null;
    },
    { what: `${count} rows of ${path}`, timeoutMs: VIEW_LAG_MAX_MS },
  );
}
