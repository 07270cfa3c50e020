import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';

const UNAVAILABLE = 503;
const RETRY_AFTER_SECONDS = 1;

function tooMuchHeld(): Error {
  const detail = 'this process holds as many bodies of requests as it may at present';
  const problem = new ProblemError('unavailable', detail, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  // Fastify takes an error of a body for the caller's otherwise.
  return Object.assign(problem, { statusCode: UNAVAILABLE });
}

/**
 * Bounds what all bodies together take, from their first byte until their request is answered: each route bounds one body,
 * and nothing the number of connections. Bytes count as they arrive, so that who only announces a body holds up nobody.
 */
export function boundHeldBodies(instance: FastifyInstance, maxBytes: number): void {
  let heldBytes = 0;
  instance.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding === undefined && (length === undefined || length === '0')) return done(null, payload);
    let ownBytes = 0;
    const release = () => {
      payload.off('data', count);
      heldBytes -= ownBytes;
      ownBytes = 0;
    };
    function count(chunk: Buffer): void {
      ownBytes += chunk.length;
      heldBytes += chunk.length;
      if (heldBytes <= maxBytes) return;
      release();
      // Behind this chunk, which Fastify still takes; a body that has come to its end with it was read already.
      queueMicrotask(() => payload.listenerCount('error') > 0 && payload.emit('error', tooMuchHeld()));
    }
    payload.on('data', count);
    reply.raw.once('close', release);
    done(null, payload);
  });
}
