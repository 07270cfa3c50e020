import { bareHost, portOf } from './url-authority.js';

export interface EgressProxy {
  protocol: 'http:' | 'https:' | 'socks5:';
  /** An IPv6 address without brackets. */
  host: string;
  port: number;
  /** Decoded; null where the URL has none. */
  credentials: { username: string; password: string } | null;
}

/** RFC 1929. */
const CREDENTIAL_MAX_BYTES = 255;

/** Reads HOOKSTILE_EGRESS_PROXY; throws where it cannot be read, without its value. */
export function proxyAddressOf(setting: string): EgressProxy {
  if (!URL.canParse(setting)) throw unreadable('cannot be read');
  const url = new URL(setting);
  const { protocol, hostname, username, password } = url;
  if (protocol !== 'http:' && protocol !== 'https:' && protocol !== 'socks5:') {
    throw unreadable('must begin with http://, https:// or socks5://');
  }
  if (hostname === '') throw unreadable('names no host');
  const credentials =
    username === '' && password === '' ? null : { username: decoded(username), password: decoded(password) };
  return {
    protocol,
    host: bareHost(hostname),
    port: portOf(url),
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
