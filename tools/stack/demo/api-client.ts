const TIMEOUT_MS = 20_000;

export interface ApiAnswer {
  status: number;
  etag: string | null;
  /** The JSON object of the answer; empty when there is none. */
  body: Record<string, unknown>;
}

/** The public API as a user calls it, for one tenant with the platform key. */
export class ApiClient {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal;

  constructor(baseUrl: string, headers: Record<string, string>, signal: AbortSignal) {
    this.#baseUrl = baseUrl;
    this.#headers = headers;
    this.#signal = signal;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        ...this.#headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get('etag'), body: text === '' ? {} : JSON.parse(text) };
  }

  /** The same, for calls that have to succeed. */
  async expect(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await this.call(method, path, body, headers);
    if (answer.status < 300) return answer;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
