import { LRUCache } from 'lru-cache';
import { AbortLinks } from '../egress/abort-links.js';
import type { IssuedToken } from './request-token.js';
import {
  TOKEN_REFRESH_MARGIN_MS,
  TOKEN_REFRESH_PAUSE_MS,
  TOKEN_REFRESH_SHARE,
  TOKEN_REPLACEMENT_PAUSE_MS,
  TOKENS_MAX,
} from './token.bounds.js';
import { isOf, type TokenGrant } from './token-grant.js';
import type { TokenRecorder } from './token-recorder.js';
import { TokenRequestError } from './token-request.error.js';

export type TokenResult = { token: string } | { token: null; error: 'oauth_token' | 'aborted'; detail: string };

export interface TokenWait {
  /** How long the caller can wait. */
  timeoutMs: number;
  signal: AbortSignal;
  /** A token that the endpoint refused: it is replaced, unless another one was a moment ago; then it comes back. */
  refused?: string;
}

/** Gives tokens for requests that carry one. */
export interface TokenSource {
  /** Never rejects. */
  tokenFor(grant: TokenGrant, wait: TokenWait): Promise<TokenResult>;
}

export interface CachedTokensParts {
  request(grant: TokenGrant): Promise<IssuedToken>;
  clock: { monotonicMs(): number };
  recorder: TokenRecorder;
}

interface Entry {
  token: string | null;
  refreshAtMs: number;
  expiresAtMs: number;
  /** From when on a refused token is replaced. */
  replaceAtMs: number;
  /** The one request under way; all that need its token wait for it. */
  pending: Promise<TokenResult> | null;
}

const links = new AbortLinks();

/**
 * Keeps a token for each grant until shortly before it expires, and asks for a new one once, however many wait for it.
 * A request for a token outlives the attempt that began it: the next one has the token where the endpoint is slow.
 */
export class CachedTokens implements TokenSource {
  readonly #entries = new LRUCache<string, Entry>({ max: TOKENS_MAX });
  readonly #parts: CachedTokensParts;

  constructor(parts: CachedTokensParts) {
    this.#parts = parts;
  }

  async tokenFor(grant: TokenGrant, wait: TokenWait): Promise<TokenResult> {
    const entry = this.#entryOf(grant.key);
    const nowMs = this.#parts.clock.monotonicMs();
    if (wait.refused !== undefined && entry.token === wait.refused && nowMs >= entry.replaceAtMs) {
      entry.token = null;
      entry.replaceAtMs = nowMs + TOKEN_REPLACEMENT_PAUSE_MS;
    }
    if (entry.token === null || nowMs >= entry.expiresAtMs) return patiently(this.#ask(grant, entry), wait);
    // What is still valid serves while its successor is asked for: a token endpoint that is away for a while costs nothing.
    if (nowMs >= entry.refreshAtMs) void this.#ask(grant, entry);
    return { token: entry.token };
  }

  /** Of an integration or rule that was deleted: no token of it is kept, nor one that is on its way. */
  forget(owner: string): void {
    for (const key of this.#entries.keys()) if (isOf(key, owner)) this.#entries.delete(key);
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { token: null, refreshAtMs: 0, expiresAtMs: 0, replaceAtMs: 0, pending: null };
    this.#entries.set(key, entry);
    return entry;
  }

  #ask(grant: TokenGrant, entry: Entry): Promise<TokenResult> {
    entry.pending ??= this.#request(grant, entry).finally(() => {
      entry.pending = null;
    });
    return entry.pending;
  }

  async #request(grant: TokenGrant, entry: Entry): Promise<TokenResult> {
    const { clock, recorder } = this.#parts;
    const askedAtMs = clock.monotonicMs();
    try {
      const { token, lifetimeMs } = await this.#parts.request(grant);
      recorder.record('issued', clock.monotonicMs() - askedAtMs);
      const marginMs = Math.min(TOKEN_REFRESH_MARGIN_MS, lifetimeMs * TOKEN_REFRESH_SHARE);
      entry.token = token;
      // Counted from before the request was sent: the server counts from no earlier.
      entry.expiresAtMs = askedAtMs + lifetimeMs;
      entry.refreshAtMs = entry.expiresAtMs - marginMs;
      return { token };
    } catch (error) {
      if (!(error instanceof TokenRequestError)) throw error;
      recorder.record(error.outcome, clock.monotonicMs() - askedAtMs);
      entry.refreshAtMs = clock.monotonicMs() + TOKEN_REFRESH_PAUSE_MS;
      return { token: null, error: error.code, detail: error.message };
    }
  }
}

/** The answer, or a failure where it does not come while the caller can wait. */
function patiently(answer: Promise<TokenResult>, { timeoutMs, signal }: TokenWait): Promise<TokenResult> {
  if (signal.aborted) return Promise.resolve(ABORTED);
  return new Promise((resolve, reject) => {
    const end = (result: TokenResult) => {
      clearTimeout(timer);
      links.remove(signal, abortable);
      resolve(result);
    };
    const abortable = { abort: () => end(ABORTED) };
    const late = { token: null, error: 'oauth_token', detail: `No token came within ${timeoutMs} ms.` } as const;
    const timer = setTimeout(end, timeoutMs, late);
    links.add(signal, abortable);
    answer.then(end, reject);
  });
}

const ABORTED: TokenResult = {
  token: null,
  error: 'aborted',
  detail: 'The attempt was ended because the service stops or gave up its partition.',
};
