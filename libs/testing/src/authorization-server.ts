import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
// @ts-expect-error oidc-provider ships no types.
import UntypedProvider from 'oidc-provider';
import type { Certified } from './certificates.js';

interface IssuedToken {
  isExpired: boolean;
  destroy(): Promise<void>;
}

/** What is used of oidc-provider. */
interface Provider {
  callback(): RequestListener;
  ClientCredentials: { find(token: string): Promise<IssuedToken | undefined> };
}

const Provider: new (issuer: string, configuration: object) => Provider = UntypedProvider;

export interface AuthorizationServerOptions {
  clientId?: string;
  clientSecret?: string;
  /** Of the tokens. */
  lifetimeSeconds?: number;
  /** Serves HTTPS with this certificate. */
  tls?: Certified;
}

export interface AuthorizationServer {
  tokenUrl: string;
  /** Token requests that came, answered or not. */
  readonly tokenRequests: number;
  /** The client's new secret; the old one is refused from now on. */
  setClientSecret(secret: string): void;
  setLifetime(seconds: number): void;
  /** Each token request waits so long before it is answered. */
  delay(ms: number): void;
  /** Every request's connection is closed without an answer. */
  setDown(down: boolean): void;
  /** Whether it issued the token and the token has neither expired nor been revoked. */
  accepts(token: string): Promise<boolean>;
  revoke(token: string): Promise<void>;
  close(): Promise<void>;
}

/** Kept in memory; the client is read anew with each request, so that its secret can change. */
function adapterOf(client: () => object) {
  const stored = new Map<string, object>();
  return class {
    constructor(private readonly model: string) {}
    async upsert(id: string, payload: object) {
      stored.set(`${this.model}:${id}`, payload);
    }
    async find(id: string) {
      return this.model === 'Client' ? client() : stored.get(`${this.model}:${id}`);
    }
    async destroy(id: string) {
      stored.delete(`${this.model}:${id}`);
    }
  };
}

/** A real OAuth 2.0 authorization server (oidc-provider) with one client that may ask for client credentials. */
export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const { clientId = 'hookstile', tls } = options;
  let { clientSecret = 'first-secret', lifetimeSeconds = 3_600 } = options;
  let [tokenRequests, delayMs, down] = [0, 0, false];
  let provide: RequestListener = (_, response) => response.destroy();

  const listener: RequestListener = async (request, response) => {
    tokenRequests += 1;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (down || request.destroyed) response.destroy();
    else provide(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const client = () => ({
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
  });
  const provider = new Provider(issuer, {
    adapter: adapterOf(client),
    jwks: { keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })] },
    scopes: ['events.write'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: { ClientCredentials: () => lifetimeSeconds },
  });
  provide = provider.callback();

  return {
    tokenUrl: `${issuer}/token`,
    get tokenRequests() {
      return tokenRequests;
    },
    setClientSecret: (secret) => {
      clientSecret = secret;
    },
    setLifetime: (seconds) => {
      lifetimeSeconds = seconds;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    setDown: (value) => {
      down = value;
    },
    accepts: async (token) => (await provider.ClientCredentials.find(token))?.isExpired === false,
    revoke: async (token) => (await provider.ClientCredentials.find(token))?.destroy(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
