import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { BoundedConnections } from './bounded-connections.js';
import { hasBody } from './request-body.js';

/** What a client still sends of a body that nobody wants is read and thrown away up to this much and this long. */
export const LATE_BYTES_MAX = 8 * 1024 * 1024;
export const LATE_BYTES_TIMEOUT_MS = 2_000;

type LingeringConnections = Pick<BoundedConnections, 'giveWay'>;

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

/** The answer at once, and its end when the body is out of the way. Until then it is in nobody's way. */
async function* lingering(payload: string | Buffer, request: IncomingMessage, connections: LingeringConnections) {
  yield payload;
  connections.giveWay(request.socket);
  await discardBody(request);
}

/**
 * An answer that comes before the body, as every refusal of a key does, goes out at once; the connection is closed only
 * when the body has been read, or a bound is reached. A connection that is closed with unread bytes is reset, and a
 * client or proxy that is still writing would see the reset instead of the answer.
 */
export function lingerForUnreadBodies(instance: FastifyInstance, connections: LingeringConnections): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (request.raw.complete || !isWhole || !hasBody(request.headers)) return done(null, payload);
    // A body that came with its head is parsed behind it, before the next turn of the event loop.
    setImmediate(() => {
      if (request.raw.complete) return done(null, payload);
      reply.headers({ connection: 'close', 'content-length': String(Buffer.byteLength(payload)) });
      done(null, Readable.from(lingering(payload, request.raw, connections), { objectMode: false }));
    });
  });
}
