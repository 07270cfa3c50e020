import { until } from '@hookstile/testing';
import type { PlannedRequest } from './foreign-requests.js';

const TIMEOUT_MS = 20_000;
const UNAVAILABLE = 503;
/** What an answer tells beside its body. */
const TOLD_HEADERS = ['content-type', 'etag', 'location', 'retry-after', 'allow', 'idempotency-replayed'];

export interface Asked {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends a request as it is planned, again where that is asked for. A stream is left once it has begun. */
export function askFor(url: string, credentials: Record<string, string>, request: PlannedRequest): Promise<Asked> {
  return until(
    async () => {
      const answer = await askOnce(url, credentials, request);
      return answer.status === UNAVAILABLE ? null : answer;
    },
    { what: `an answer of ${request.method} ${request.path}`, timeoutMs: TIMEOUT_MS },
  );
}

async function askOnce(
  url: string,
  credentials: Record<string, string>,
  { method, path, headers, body }: PlannedRequest,
): Promise<Asked> {
  const given = new AbortController();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...credentials, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.any([given.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const text = isStream ? '' : await response.text();
  if (isStream) given.abort();
  const told = TOLD_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { status: response.status, headers: Object.fromEntries(told), text };
}

/** What differs between any two requests: ids that are made, times, secrets, signatures, durations. */
const MADE: readonly [RegExp, string][] = [
  [/\b(?:int|dlv|att|evt|rul|key|rcv|req|tst|msg)_[0-9a-z_]+/g, '<id>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<id>'],
  [/\b[0-9a-f]{32}\b/g, '<id>'],
  [/\b00-[0-9a-f<>id]+-[0-9a-f]{16}-\d\d\b/g, '<id>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>'],
  [/(?:whsec_|hk_|v1,)[\w+/=]+/g, '<secret>'],
  [/("lastFour":)"[^"]*"/g, '$1"<secret>"'],
  [/("(?:durationMs|version|content-length|webhook-timestamp)":)"?[\d.]+"?/gi, '$1<number>'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
  [/^"\d+"$/, '"<number>"'],
];

/** The answer with the values that were given taken out, and all that no two answers share. */
export function comparable({ status, headers, text }: Asked, given: readonly string[]) {
  const longestFirst = given.toSorted((a, b) => b.length - a.length);
  const told = (said: string) => {
    const without = longestFirst.reduce(
      (left, value) => left.replaceAll(value, '<given>').replaceAll(encodeURIComponent(value), '<given>'),
      said,
    );
    return MADE.reduce(
      (left, [pattern, name]) => left.replaceAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`), name),
      without,
    );
  };
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, told(value)])),
    text: told(text),
  };
}
