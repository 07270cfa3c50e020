import { ANSWER_MAX_BYTES, REQUEST_TIMEOUT_MS } from '../cli.bounds.ts';
import { type CliError, refused, unreachable } from '../cli.error.ts';
import { printable } from '../terminal.ts';
import { problemError } from './problem.ts';

/** Where the API is and whom requests are made as. */
export interface Account {
  /** Without a slash at the end. */
  url: string;
  key: string;
  /** Of the platform key: whom it acts for. */
  tenant: string | null;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** JSON as it is sent; what a user wrote keeps its bytes. */
  body?: string;
  timeoutMs?: number;
}

export interface StreamRequest {
  path: string;
  lastEventId: string | null;
  signal: AbortSignal;
}

/** The public API. */
export class ApiClient {
  readonly #account: Account;
  readonly #userAgent: string;
  readonly #fetch: typeof fetch;

  constructor(account: Account, version: string, fetchWith: typeof fetch = fetch) {
    this.#account = account;
    this.#userAgent = `hookstile-cli/${version}`;
    this.#fetch = fetchWith;
  }

  /** The answer's JSON. Rejects with `CliError` for all that is no success. */
  async call<Answer>({ method, path, body, timeoutMs = REQUEST_TIMEOUT_MS }: ApiRequest): Promise<Answer> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await this.#send(path, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    const text = await textOf(response).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    if (!response.ok) throw problemError(response.status, text);
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw refused(`${this.#account.url} does not answer as Hookstile does: this is no JSON.`);
    }
  }

  /** A stream that has begun, or what stood against it. */
  async stream({ path, lastEventId, signal }: StreamRequest): Promise<Response> {
    const resume = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    return this.#send(path, { method: 'GET', headers: { accept: 'text/event-stream', ...resume }, signal });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const { url, key, tenant } = this.#account;
    const headers = {
      authorization: `Bearer ${key}`,
      'user-agent': this.#userAgent,
      ...(tenant === null ? {} : { 'hookstile-tenant': tenant }),
      ...init.headers,
    };
    try {
      // The API has no redirects, and the key is for nobody else.
      return await this.#fetch(`${url}${path}`, { ...init, headers, redirect: 'error' });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): CliError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = (cause as NodeJS.ErrnoException | undefined)?.code;
    const why = code ?? (cause instanceof Error ? cause.message : String(cause));
    return unreachable(`${this.#account.url} cannot be reached: ${printable(why)}.`);
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_MAX_BYTES) throw new Error(`an answer of more than ${ANSWER_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
