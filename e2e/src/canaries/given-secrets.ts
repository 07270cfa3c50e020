import type { Canaries } from './canaries.js';

export interface SecretUrls {
  receiver: string;
  /** Where nobody listens. */
  nowhere: string;
  tokenUrl: string;
}

const signing = (random: Buffer): string => `whsec_${Buffer.concat([random, random]).toString('base64')}`;
const ED25519_SEED_BYTES = 32;
const ed25519 = (random: Buffer): string =>
  `whsk_${Buffer.concat([random, random]).subarray(0, ED25519_SEED_BYTES).toString('base64')}`;

export interface ClientPair {
  clientCertificate: string;
  clientKey: string;
}

/** The bodies of integrations, by name. */
export function integrationsWithSecrets(
  urls: SecretUrls,
  clientSecret: string,
  client: ClientPair,
  canaries: Canaries,
): Record<string, object> {
  const header = () => canaries.make('header value');
  const request: Record<string, object> = {
    header: { headers: { 'X-Token': header(), 'X-Template': `${header()} {{ event.type }}` } },
    apikey: { auth: { type: 'apiKey', header: 'X-Api-Key', value: canaries.make('API key of an endpoint') } },
    bearer: { auth: { type: 'bearer', token: canaries.make('bearer token') } },
    basic: { auth: { type: 'basic', username: 'u', password: canaries.make('basic password') } },
    oauth2: { auth: { type: 'oauth2', tokenUrl: urls.tokenUrl, clientId: 'hookstile', clientSecret } },
    hmac: { sign: { secret: canaries.make('HMAC secret', signing) } },
    ed25519: { sign: { algorithm: 'ed25519', secret: canaries.make('Ed25519 key', ed25519) } },
    unbuildable: { headers: { 'X-Bad': `{{ data.missing | required: "a member" }} ${header()}` } },
  };
  const made = Object.entries(request).map(([name, given]) => [
    name,
    { name, url: `${urls.receiver}/${name}`, request: given, retry: { delaysMs: [200] } },
  ]);
  const tls = { ...client, verify: false };
  return {
    ...Object.fromEntries(made),
    nowhere: {
      name: 'nowhere',
      url: urls.nowhere,
      request: { tls, headers: { 'X-Lost': header() } },
      retry: { delaysMs: [100] },
    },
  };
}

/** The bodies of decision rules, by name. */
export function rulesWithSecrets(urls: SecretUrls, clientSecret: string, canaries: Canaries): Record<string, object> {
  const rule = (name: string, rest: object, url = `${urls.receiver}/rule-${name}`) => ({
    name,
    method: 'POST',
    url,
    ...rest,
  });
  const password = canaries.make('password of a rule');
  const headers = { 'X-Rule': `${canaries.make('header of a rule')} %username%` };
  const responseActions = [{ type: 'allow', key: 'status', value: 'ok' }];
  return {
    basic: rule('basic', { auth: { type: 'basic', username: 'u', password }, headers, responseActions }),
    oauth2: rule('oauth2', {
      auth: { type: 'oauth2', tokenUrl: urls.tokenUrl, clientId: 'hookstile', clientSecret },
      headers,
    }),
    lost: rule('lost', { auth: { type: 'basic', username: 'u', password }, headers }, urls.nowhere),
  };
}

/** Bodies that are refused, each holding a secret at another wrong place. */
export function refusedBodies(canaries: Canaries): (object | string)[] {
  const secret = () => canaries.make('secret of a refused request');
  const integration = (rest: object) => ({ name: 'refused', url: 'https://example.com', ...rest });
  return [
    `{"name": "refused", "request": {"auth": {"type": "bearer", "token": "${secret()}"}`,
    `{"token": ${secret()}}`,
    integration({ request: { auth: { type: 'bearer', tokn: secret() } } }),
    integration({ request: { auth: { type: 'bearer', token: [secret()] } } }),
    integration({ request: { auth: { type: secret(), token: 'x' } } }),
    integration({ request: { headers: { 'X-A': `${secret()}\r\nX-B: c` } } }),
    integration({ request: { headers: `X-A ${secret()}` } }),
    integration({ request: { headers: { 'X-A': `{{ ${secret()}` } } }),
    integration({ request: { sign: { secret: secret() } } }),
    integration({ request: { tls: { clientKey: secret() } } }),
    integration({ url: `https://u:${encodeURIComponent(secret())}@example.com/` }),
  ];
}
