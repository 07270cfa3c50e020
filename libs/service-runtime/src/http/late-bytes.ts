import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** What a client still sends after its body was refused is read and thrown away up to this much and this long. */
export const LATE_BYTES_MAX = 8 * 1024 * 1024;
export const LATE_BYTES_TIMEOUT_MS = 2_000;

const TOO_LARGE = 413;

/** Resolves when the request's body has come to its end, was cut, or a bound is reached. Nothing of it is kept. */
function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const timer = setTimeout(done, LATE_BYTES_TIMEOUT_MS);
    function count(chunk: Buffer): void {
      seen += chunk.length;
      if (seen > LATE_BYTES_MAX) done();
    }
    function done(): void {
      clearTimeout(timer);
      request.off('data', count);
      resolve();
    }
    request.on('data', count);
    request.once('end', done);
    request.once('close', done);
    request.once('error', done);
    if (request.complete && request.readableEnded) done();
    else request.resume();
  });
}

/**
 * Answers 413 only after the body that is refused has been read: closing a connection with unread bytes resets it, and
 * a client or proxy that is still writing would see the reset instead of the answer.
 */
export function readRefusedBodies(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== TOO_LARGE) return done(null, payload);
    void discardBody(request.raw).then(() => done(null, payload));
  });
}
