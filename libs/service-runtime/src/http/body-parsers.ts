import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';
import { keepBodyDigest } from './body-digest.js';
import { noteArrived } from './held-bodies.js';

const JSON_TYPE = /^application\/json\s*(;|$)/i;
const MERGE_PATCH_TYPE = /^application\/merge-patch\+json\s*(;|$)/i;

export const JSON_DEPTH_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new ProblemError('malformed', 'the body is not UTF-8');
  }
}

/**
 * Refused wherever they stand: `__proto__`, which code that merges objects must never meet, and text that no UTF-8 is,
 * which no database stores.
 */
function refuseUnusable(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new ProblemError('malformed', 'the member __proto__ is not allowed');
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw new ProblemError('malformed', 'the body holds half of a surrogate pair, which is no text');
  }
  return value;
}

/** Whether brackets nest deeper than the bound: recursive code behind the parser would overflow the stack. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) return true;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

/** Strict JSON: UTF-8, bounded depth, no `__proto__`, no lone surrogate. Throws `malformed`. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw new ProblemError('malformed', 'the body is empty although its content type is JSON');
  if (isTooDeep(body)) throw new ProblemError('malformed', `the body nests deeper than ${JSON_DEPTH_MAX} levels`);
  const text = textOf(body);
  try {
    return text.includes('__proto__') || text.includes('\\u') ? JSON.parse(text, refuseUnusable) : JSON.parse(text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError('malformed', 'the body is not JSON');
  }
}

function isJson(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? '';
  return JSON_TYPE.test(type) || (request.method === 'PATCH' && MERGE_PATCH_TYPE.test(type));
}

/** One parser for all content types: raw routes get the bytes, the others JSON or `unsupported_media_type`. */
export function registerBodyParsers(instance: FastifyInstance, rawBodyRoutes: readonly string[]): void {
  const raw = new Set(rawBodyRoutes);
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    noteArrived(request);
    keepBodyDigest(request, body as Buffer);
    if (raw.has(request.routeOptions.url ?? '')) return done(null, body);
    // Clients that send a content type with every request have nothing to say in a DELETE.
    if (request.method === 'DELETE' && body.length === 0) return done(null, undefined);
    if (!isJson(request)) {
      if (body.length === 0 && request.headers['content-type'] === undefined) return done(null, undefined);
      return done(new ProblemError('unsupported_media_type', 'the body must be application/json'));
    }
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
