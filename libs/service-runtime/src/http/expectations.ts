import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';
import type { ProblemFilter } from '../problems/problem.filter.js';

/**
 * Who waits for `100 Continue` before it sends a body gets it once it is let in; Node would give it to anybody. Any other
 * expectation is refused.
 */
export function continueOnceAdmitted(instance: FastifyInstance, filter: ProblemFilter): void {
  const { server } = instance;
  const unknown = new WeakSet<IncomingMessage>();
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unknown.add(request);
    server.emit('request', request, response);
  });
  instance.addHook('onRequest', (request, reply, done) => {
    if (request.headers.expect === undefined || !unknown.has(request.raw)) return done();
    const detail = 'the header Expect can hold nothing but 100-continue';
    filter.answer(new ProblemError('expectation_failed', detail), request, reply);
  });
  instance.addHook('preParsing', (request, reply, payload, done) => {
    // In HTTP/1.0 it means nothing.
    if (request.headers.expect !== undefined && request.raw.httpVersion === '1.1') reply.raw.writeContinue();
    done(null, payload);
  });
}
