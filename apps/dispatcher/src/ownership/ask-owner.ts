import { FORWARD_TIMEOUT_MS, FORWARDED_BODY_MAX_BYTES } from './forwarding.bounds.js';

/** On a request that one dispatcher makes of another. */
export const FORWARDED_HEADER = 'hookstile-forwarded';

/** Who asks, and what the request means; all else is the connection's. */
const PASSED_HEADERS = ['authorization', 'hookstile-tenant', 'idempotency-key', 'if-match', 'traceparent'];

export interface AskedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

export interface OwnerAnswer {
  readonly status: number;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
  readonly retryAfterSeconds: number | null;
}

/**
 * Makes the request of the process at `address`. The address is what a dispatcher wrote into its lease row, in a table
 * that only dispatchers write: nothing of the request decides where this goes, so that the egress guard, which is for
 * customers' addresses, has no part in it. Rejects where no answer of a dispatcher comes in time.
 */
export async function askOwner(address: string, asked: AskedRequest): Promise<OwnerAnswer> {
  // Joined as text: a path that begins with two slashes would name another host to a URL's second part.
  const url = new URL(`${address}${asked.url}`);
  if (url.origin !== new URL(address).origin) throw new TypeError('the path leads elsewhere');
  const response = await fetch(url, {
    method: asked.method,
    headers: headersOf(asked),
    body: asked.body === undefined || asked.body === null ? null : JSON.stringify(asked.body),
    redirect: 'error',
    signal: AbortSignal.timeout(FORWARD_TIMEOUT_MS),
  });
  const text = await boundedText(response);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.status >= 400 && !isProblem(body)) throw new TypeError(`${response.status} without a problem`);
  return {
    status: response.status,
    body,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  };
}

function isProblem(body: unknown): body is { code: string; detail: string } {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  return typeof code === 'string' && typeof detail === 'string';
}

function headersOf({ headers, body }: AskedRequest): Headers {
  const passed = new Headers({ [FORWARDED_HEADER]: '1' });
  if (body !== undefined && body !== null) passed.set('content-type', 'application/json');
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') passed.set(name, value);
  }
  return passed;
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > FORWARDED_BODY_MAX_BYTES) throw new RangeError('the owner answers with more than a page');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
