import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';

const JSON_TYPE = /^application\/json\s*(;|$)/i;
const MERGE_PATCH_TYPE = /^application\/merge-patch\+json\s*(;|$)/i;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new ProblemError('malformed', 'the body is not UTF-8');
  }
}

/** `__proto__` is refused wherever it stands: code that merges objects must never meet it. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new ProblemError('malformed', 'the member __proto__ is not allowed');
  return value;
}

export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw new ProblemError('malformed', 'the body is empty although its content type is JSON');
  const text = textOf(body);
  try {
    return text.includes('__proto__') || text.includes('\\u') ? JSON.parse(text, refuseProto) : JSON.parse(text);
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
    if (raw.has(request.routeOptions.url ?? '')) return done(null, body);
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
