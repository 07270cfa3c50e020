import { hash } from 'node:crypto';
import { ProblemError } from '../problems/problem.error.js';

/** How long a key stands for the request that it was used for first. */
export const IDEMPOTENCY_KEY_KEPT_MS = 24 * 60 * 60 * 1_000;
/** On each answer that was given before. */
export const REPLAYED_HEADER = 'idempotency-replayed';

const KEY = /^[\x20-\x7e]{1,255}$/;

/** Whose keys are told apart from all others: an answer is given again only to who got it first. */
export interface KeyScope {
  /** Null: the request is about no tenant. */
  tenantId: string | null;
  /** The API key's id, or null: the platform key. */
  actorId: string | null;
}

/** What makes a request the same one again. */
export interface RequestForm {
  method: string;
  /** With its query. */
  url: string;
  /** Of the body's bytes. */
  bodyDigest: string;
}

/** The header's value. Throws `malformed` for what is no key. */
export function readIdempotencyKey(header: unknown): string {
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new ProblemError('malformed', 'The header Idempotency-Key must hold 1 to 255 printable ASCII characters.');
}

function digestOf(...parts: (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex');
}

/** The id under which the answer to the key's request is kept. The key itself is not. */
export function answerIdOf({ tenantId, actorId }: KeyScope, key: string): string {
  return digestOf(tenantId, actorId, key);
}

/**
 * What tells another request with the same key. Bodies hold secrets that could be guessed by a plain digest of them; the
 * key, which is nowhere stored, stands beside the body.
 */
export function fingerprintOf({ method, url, bodyDigest }: RequestForm, key: string): string {
  return digestOf(key, method, url, bodyDigest);
}

export function keyInFlight(): ProblemError {
  return new ProblemError('idempotency_key_in_flight', 'A request with this Idempotency-Key is being carried out.');
}

export function keyReused(): ProblemError {
  const detail = 'This Idempotency-Key was used for another request: another route, or another body.';
  return new ProblemError('idempotency_key_reused', detail);
}
