import { RequestUnbuildableError } from './request-unbuildable.error.js';

export interface RequestTarget {
  /** Scheme, host and port: what connections are pooled by. */
  origin: string;
  /** Path and query. */
  path: string;
  host: string;
  port: number;
  /** The URL as it is recorded. */
  url: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Reads an integration's URL; the WHATWG parser also turns decimal, octal and hexadecimal IPv4 forms into dotted ones. */
export function requestTargetOf(text: string): RequestTarget {
  if (!URL.canParse(text)) throw new RequestUnbuildableError('The URL cannot be read.');
  const url = new URL(text);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) throw new RequestUnbuildableError('The URL must begin with http:// or https://.');
  if (url.username !== '' || url.password !== '') {
    throw new RequestUnbuildableError('The URL must not carry a user name or a password; use "auth" of type basic.');
  }
  url.hash = '';
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    host: url.hostname,
    port: url.port === '' ? defaultPort : Number(url.port),
    url: url.href,
  };
}
