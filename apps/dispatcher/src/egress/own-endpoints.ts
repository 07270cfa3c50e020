import ipaddr from 'ipaddr.js';
import { isUnder, plainName } from './private-names.js';
import { bareHost, portOf } from './url-authority.js';

/** Where the platform itself is reached: a webhook must not be there, whatever HOOKSTILE_EGRESS_ALLOW says. */
export interface OwnEndpoints {
  /** Those that are names; `localhost` is none, its addresses are known. */
  readonly named: readonly string[];
  hasName(name: string): boolean;
  /** The addresses that a name has now, in place of those that it had. */
  learn(name: string, addresses: readonly string[]): void;
  /** @param address an IP address in any written form */
  has(address: string, port: number): boolean;
}

interface HostAndPort {
  host: string;
  port: number;
}

const LOOPBACK = '127.0.0.1';

/**
 * Of settings that hold `host:port` or a URL. Names are the platform's on every port, addresses on the given one; an
 * address of loopback stands for all of them, since a server that listens on all addresses answers on each.
 * What cannot be read is left out: it is for whoever uses the setting to say so.
 */
export function ownEndpointsOf(settings: readonly string[]): OwnEndpoints {
  const endpoints = settings.flatMap(hostsAndPortsOf);
  const portsByName = new Map<string, number[]>();
  const fixed = new Set<string>();
  for (const { host, port } of endpoints) {
    if (isUnder(host, 'localhost')) fixed.add(keyOf(LOOPBACK, port));
    else if (ipaddr.isValid(host)) fixed.add(keyOf(host, port));
    else portsByName.set(host, [...(portsByName.get(host) ?? []), port]);
  }
  const learned = new Map<string, ReadonlySet<string>>();
  return {
    named: [...portsByName.keys()],
    hasName: (name) => portsByName.has(name),
    learn: (name, addresses) => {
      const ports = portsByName.get(name) ?? [];
      learned.set(name, new Set(addresses.flatMap((address) => ports.map((port) => keyOf(address, port)))));
    },
    has: (address, port) => {
      const key = keyOf(address, port);
      return fixed.has(key) || [...learned.values()].some((keys) => keys.has(key));
    },
  };
}

function hostsAndPortsOf(setting: string): HostAndPort[] {
  if (setting === '') return [];
  const url = setting.includes('://') ? setting : `tcp://${setting}`;
  if (!URL.canParse(url)) return [];
  const read = new URL(url);
  return read.hostname === '' ? [] : [{ host: plainName(bareHost(read.hostname)), port: portOf(read) }];
}

function keyOf(text: string, port: number): string {
  const address = ipaddr.process(text);
  const range = address.range();
  const name = range === 'loopback' || range === 'unspecified' ? 'loopback' : address.toString();
  return `${name} ${port}`;
}
