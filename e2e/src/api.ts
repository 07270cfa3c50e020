const REQUEST_TIMEOUT_MS = 30_000;

export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface SendOptions {
  headers?: Record<string, string>;
  /** A string or bytes go out as they are, anything else as JSON. */
  body?: unknown;
}

/** A list that was asked for in another format stays a text. */
function bodyOf(response: Response, text: string): unknown {
  return /^(text\/csv|application\/x-ndjson)/.test(response.headers.get('content-type') ?? '')
    ? text
    : JSON.parse(text);
}

/** The public API as a client sees it: the gateway's URL and one key. */
export class Api {
  readonly baseUrl: string;
  readonly #key: string;
  readonly #tenantId: string | undefined;

  constructor(baseUrl: string, key: string, tenantId?: string) {
    this.baseUrl = baseUrl;
    this.#key = key;
    this.#tenantId = tenantId;
  }

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    { headers = {}, body }: SendOptions = {},
  ): Promise<ApiAnswer<T>> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(this.#tenantId ? { 'hookstile-tenant': this.#tenantId } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? bodyOf(response, text) : null) as T };
  }

  /** Sends and throws unless the answer's status is the one expected. */
  async expect<T = Record<string, unknown>>(
    status: number,
    method: string,
    path: string,
    options?: SendOptions,
  ): Promise<T> {
    const answer = await this.send<T>(method, path, options);
    if (answer.status === status) return answer.body;
    throw new Error(`${method} ${path} answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page: { items: T[]; nextCursor: string | null } = await this.expect(
        200,
        'GET',
        `${path}${separator}limit=200${next}`,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }
}

export interface Integration {
  id: string;
  state: 'enabled' | 'disabled';
  disabledReason: string | null;
  consecutiveFailures: number;
  signingSecret: string;
}

export interface EventLogRow {
  id: string;
  deliveryId: string;
  eventId: string;
  attempt: number;
  outcome: 'succeeded' | 'failed';
  httpStatus: number | null;
  error: string | null;
  traceId: string | null;
}

export interface DeliveryRow {
  id: string;
  eventId: string;
  status: 'pending' | 'delivered' | 'failed' | 'held' | 'discarded';
  attemptCount: number;
}
