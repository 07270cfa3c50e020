import ipaddr from 'ipaddr.js';
import { isUnder, plainName } from './private-names.js';

/** Where the platform itself is reached: a webhook must not be there, whatever HOOKSTILE_EGRESS_ALLOW says. */
export interface OwnEndpoints {
  hasName(name: string): boolean;
  /** @param address an IP address in any written form */
  has(address: string, port: number): boolean;
}

interface HostAndPort {
  host: string;
  port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'socks5:': 1080,
};

/**
 * Of settings that hold `host:port` or a URL. Names are the platform's on every port, addresses on the given one; an
 * address of loopback stands for all of them, since a server that listens on all addresses answers on each.
 * What cannot be read is left out: it is for whoever uses the setting to say so.
 */
export function ownEndpointsOf(settings: readonly string[]): OwnEndpoints {
  const endpoints = settings.flatMap(hostsAndPortsOf);
  const names = endpoints
    .map(({ host }) => host)
    .filter((host) => !ipaddr.isValid(host) && !isUnder(host, 'localhost'));
  const addresses = endpoints.flatMap(({ host, port }) =>
    keysOf(isUnder(host, 'localhost') ? '127.0.0.1' : host, port),
  );
  const [ownNames, ownAddresses] = [new Set(names), new Set(addresses)];
  return {
    hasName: (name) => ownNames.has(name),
    has: (address, port) => ownAddresses.size > 0 && keysOf(address, port).some((key) => ownAddresses.has(key)),
  };
}

function hostsAndPortsOf(setting: string): HostAndPort[] {
  if (setting === '') return [];
  const url = setting.includes('://') ? setting : `tcp://${setting}`;
  if (!URL.canParse(url)) return [];
  const { protocol, hostname, port } = new URL(url);
  if (hostname === '') return [];
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : plainName(hostname);
  return [{ host, port: port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port) }];
}

function keysOf(text: string, port: number): string[] {
  if (!ipaddr.isValid(text)) return [];
  const address = ipaddr.process(text);
  const range = address.range();
  const name = range === 'loopback' || range === 'unspecified' ? 'loopback' : address.toNormalizedString();
  return [`${name} ${port}`];
}
