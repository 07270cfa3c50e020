import ipaddr from 'ipaddr.js';
import { type AddressPolicy, addressPolicyOf, type Cidr, cidrOf } from './address-policy.js';
import { DENIED_PORTS } from './denied-ports.js';
import { blocked, type EgressError } from './egress.error.js';
import { type OwnEndpoints, ownEndpointsOf } from './own-endpoints.js';
import { isPrivateName, isUnder, plainName } from './private-names.js';
import { bareHost } from './url-authority.js';

export interface EgressPolicySettings {
  /** HOOKSTILE_EGRESS_ALLOW. */
  allow: readonly string[];
  /** HOOKSTILE_EGRESS_DENY. */
  deny?: readonly string[];
  /** HOOKSTILE_EGRESS_ALLOW_PORTS. */
  allowPorts?: readonly number[];
  own?: OwnEndpoints;
}

/** Where a connection is to lead, as far as host and port allow it. */
export interface Destination {
  /** The host as an address; null where it is a name, which has to be resolved. */
  readonly address: string | null;
  /** Whether its name means something inside a network only: its addresses have to be allowed by name of address. */
  readonly isPrivate: boolean;
  /** Why the address, the host's own or one that its name resolves to, may not be reached; null where it may. */
  objectionTo(address: string): EgressError | null;
}

/** Says where attempts may lead. */
export interface EgressPolicy {
  /** Throws `EgressError`. @param hostname as in a URL, an IPv6 address with brackets or without */
  destinationOf(hostname: string, port: number): Destination;
}

const HOST_NAME = /^\.?([a-z0-9_-]+\.)*[a-z0-9_-]+$/i;

/** Throws where a setting cannot be read. */
export function egressPolicyOf(settings: EgressPolicySettings): EgressPolicy {
  const { cidrs, names } = denyOf(settings.deny ?? []);
  const addresses = addressPolicyOf(settings.allow, cidrs);
  const own = settings.own ?? ownEndpointsOf([]);
  const allowedPorts = new Set(settings.allowPorts);
  return {
    destinationOf: (hostname, port) => {
      if (DENIED_PORTS.has(port) && !allowedPorts.has(port)) throw blocked(`The port ${port} is not for webhooks.`);
      // Node does not resolve literals: nothing else would look at them.
      const name = plainName(bareHost(hostname));
      if (ipaddr.isValid(name)) return literal(addresses, own, name, port);
      if (own.hasName(name)) throw blocked("The host is the platform's own.");
      if (names.some((one) => matches(name, one))) throw blocked('The host name is in HOOKSTILE_EGRESS_DENY.');
      const isPrivate = isPrivateName(name);
      if (isPrivate && !addresses.grantsAny) throw blocked('The host name is for use inside a network.');
      return named(addresses, own, isPrivate, port);
    },
  };
}

function literal(policy: AddressPolicy, own: OwnEndpoints, address: string, port: number): Destination {
  const objectionTo = (text: string) => {
    const objection = policy.objectionTo(text);
    if (objection !== null) return blocked(`The address ${plain(text)} ${objection}.`);
    return own.has(text, port) ? blocked("The address and port are the platform's own.") : null;
  };
  const objection = objectionTo(address);
  if (objection) throw objection;
  return { address, isPrivate: false, objectionTo };
}

/** What is said of a name tells no address: whoever asks may not be meant to know the network's inside. */
function named(policy: AddressPolicy, own: OwnEndpoints, isPrivate: boolean, port: number): Destination {
  return {
    address: null,
    isPrivate,
    objectionTo: (text) => {
      const objection = policy.objectionTo(text);
      if (objection !== null) return blocked(`The host name resolves to an address that ${objection}.`);
      if (isPrivate && !policy.grants(text)) {
        return blocked('The host name is for use inside a network, and its address not in HOOKSTILE_EGRESS_ALLOW.');
      }
      return own.has(text, port) ? blocked("The host name resolves to the platform's own address.") : null;
    },
  };
}

function plain(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : 'of the endpoint';
}

function denyOf(parts: readonly string[]): { cidrs: Cidr[]; names: string[] } {
  const [cidrs, names]: [Cidr[], string[]] = [[], []];
  for (const part of parts.map((one) => one.trim()).filter((one) => one !== '')) {
    const cidr = cidrOf(part);
    if (cidr) cidrs.push(cidr);
    else if (HOST_NAME.test(part) && !part.includes('/')) names.push(part.toLowerCase());
    else throw new Error(`HOOKSTILE_EGRESS_DENY: "${part}" is no address, CIDR or host name`);
  }
  return { cidrs, names };
}

/** @param pattern a name, or `.suffix`, which stands for all names below it */
function matches(name: string, pattern: string): boolean {
  return pattern.startsWith('.') ? isUnder(name, pattern.slice(1)) : name === pattern;
}
