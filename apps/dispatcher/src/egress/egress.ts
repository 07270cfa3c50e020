import type { DispatcherEnv } from '../dispatcher.env.js';
import { egressPolicyOf } from './egress-policy.js';
import { egressProxyOf } from './egress-proxy.js';
import type { Connect } from './exchange-client.js';
import { type EgressRoute, guardedConnector } from './guarded-connector.js';
import { nameResolver } from './name-resolver.js';
import { openDirectly } from './open-directly.js';
import { OwnAddresses } from './own-addresses.js';
import { ownEndpointsOf } from './own-endpoints.js';
import type { ResolveName } from './resolve-once.js';
import type { TlsOptions } from './tls-options.js';

/** The one way out to whatever a customer names: webhooks, hooks of decision rules, token endpoints. */
export interface Egress {
  /** Throws what OpenSSL says of options that it cannot use. */
  connectorFor(tls: TlsOptions | null): Connect;
}

export type EgressSettings = Pick<
  DispatcherEnv,
  | 'HOOKSTILE_EGRESS_ALLOW'
  | 'HOOKSTILE_EGRESS_DENY'
  | 'HOOKSTILE_EGRESS_ALLOW_PORTS'
  | 'HOOKSTILE_EGRESS_DNS'
  | 'HOOKSTILE_EGRESS_PROXY'
  | 'HOOKSTILE_EGRESS_PROXY_RESOLVES'
  | 'KAFKA_BROKERS'
  | 'DATABASE_URL'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'HOOKSTILE_ADVERTISED_URL'
>;

export interface EgressParts {
  clock: { monotonicMs(): number };
  /** By default DNS. */
  resolve?: ResolveName;
  /** The platform's own names; by default as the operating system does. */
  resolveOwn?: ResolveName;
}

/** Throws where a setting cannot be read; the message names it and never holds a password. */
export function egressOf(env: EgressSettings, parts: EgressParts): Egress {
  const route = routeOf(env, parts);
  return { connectorFor: (tls) => guardedConnector(route, tls) };
}

function routeOf(env: EgressSettings, { clock, resolve, resolveOwn }: EgressParts): EgressRoute {
  const proxy = egressProxyOf(env.HOOKSTILE_EGRESS_PROXY);
  const own = ownEndpointsOf(ownOf(env));
  const ownAddresses = new OwnAddresses(own, () => clock.monotonicMs(), resolveOwn);
  const policy = egressPolicyOf({
    allow: env.HOOKSTILE_EGRESS_ALLOW,
    deny: env.HOOKSTILE_EGRESS_DENY,
    allowPorts: env.HOOKSTILE_EGRESS_ALLOW_PORTS.map(Number),
    own,
  });
  if (env.HOOKSTILE_EGRESS_PROXY_RESOLVES && !proxy) {
    throw new Error('HOOKSTILE_EGRESS_PROXY_RESOLVES needs HOOKSTILE_EGRESS_PROXY');
  }
  const resolver =
    resolve ?? nameResolver({ servers: env.HOOKSTILE_EGRESS_DNS, monotonicMs: () => clock.monotonicMs() });
  return {
    policy,
    ready: () => ownAddresses.known(),
    resolve: env.HOOKSTILE_EGRESS_PROXY_RESOLVES ? null : resolver,
    open: proxy ?? openDirectly,
  };
}

function ownOf(env: EgressSettings): string[] {
  return [
    ...env.KAFKA_BROKERS,
    env.DATABASE_URL,
    env.OTEL_EXPORTER_OTLP_ENDPOINT,
    env.HOOKSTILE_ADVERTISED_URL,
    env.HOOKSTILE_EGRESS_PROXY,
  ];
}
