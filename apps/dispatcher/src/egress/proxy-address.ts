import { isIPv6 } from 'node:net';

export interface EgressProxy {
  protocol: 'http:' | 'https:' | 'socks5:';
  /** An IPv6 address without brackets. */
  host: string;
  port: number;
  /** Decoded; null where the URL has none. */
  credentials: { username: string; password: string } | null;
}

const DEFAULT_PORTS: Readonly<Record<EgressProxy['protocol'], number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
};

/** RFC 1929. */
const CREDENTIAL_MAX_BYTES = 255;

/** Reads HOOKSTILE_EGRESS_PROXY; throws where it cannot be read, without its value. */
export function proxyAddressOf(setting: string): EgressProxy {
  if (!URL.canParse(setting)) throw unreadable('cannot be read');
  const { protocol, hostname, port, username, password } = new URL(setting);
  if (protocol !== 'http:' && protocol !== 'https:' && protocol !== 'socks5:') {
    throw unreadable('must begin with http://, https:// or socks5://');
  }
  if (hostname === '') throw unreadable('names no host');
  const credentials =
    username === '' && password === '' ? null : { username: decoded(username), password: decoded(password) };
  return {
    protocol,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? DEFAULT_PORTS[protocol] : Number(port),
    credentials,
  };
}

function decoded(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw unreadable('has a user name or password whose % is not that of an encoded character');
  }
  if (Buffer.byteLength(text) > CREDENTIAL_MAX_BYTES) {
    throw unreadable(`has a user name or password of more than ${CREDENTIAL_MAX_BYTES} bytes`);
  }
  return text;
}

function unreadable(problem: string): Error {
  return new Error(`HOOKSTILE_EGRESS_PROXY ${problem}`);
}

/** As a URL and CONNECT write it. */
export function authorityOf(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
