import { isIPv6 } from 'node:net';

/** By URL scheme. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'socks5:': 1080,
};

/** A URL's port; the scheme's own where it names none, 0 where there is none. */
export function portOf({ protocol, port }: { protocol: string; port?: string | undefined }): number {
  return port ? Number(port) : (DEFAULT_PORTS[protocol] ?? 0);
}

/** A URL's host, an IPv6 address without its brackets. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** As a URL and CONNECT write it. */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
