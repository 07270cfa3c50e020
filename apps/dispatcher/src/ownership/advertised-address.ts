import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

const LISTENS_ON_ALL = new Set(['0.0.0.0', '::', '']);

/**
 * Where other processes reach this one: as configured, else where it listens, with an address of the machine where it
 * listens on all. Null while it does not listen.
 */
export function advertisedAddress(configured: string, listening: AddressInfo | string | null): string | null {
  if (configured !== '') return configured;
  if (listening === null || typeof listening === 'string') return null;
  const host = LISTENS_ON_ALL.has(listening.address) ? machineAddress() : listening.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
}

function machineAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
