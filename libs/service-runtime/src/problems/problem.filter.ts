import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AllowedMethods } from './allowed-methods.js';
import type { OutageLog } from './outage-log.js';
import { ProblemError } from './problem.error.js';
import { problemAnswer } from './problem-document.js';
import { problemOf } from './problem-of.js';

const INTERNAL = 'the request could not be carried out; it was logged';

/** Turns every error of a request into a problem document; a fault of ours is logged and says nothing to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly allowedMethods: AllowedMethods,
    private readonly outages: OutageLog,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Errors of consumers belong to their transport strategy, which decides whether to read again.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent || reply.raw.headersSent) {
      this.logger.error({ err: error, method: request.method, path: pathOf(request) }, 'failed while answering');
      reply.raw.destroy();
      return;
    }
    if (request.is404 && error instanceof NotFoundException) this.answerUnknownRoute(request, reply);
    else this.send(reply, this.problemOf(error, request));
  }

  answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): void {
    const allowed = this.allowedMethods.insteadOf(request.method, pathOf(request));
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '));
      this.send(reply, new ProblemError('method_not_allowed', `this route takes ${allowed.join(', ')}`));
      return;
    }
    this.send(reply, new ProblemError('not_found', 'there is no such route'));
  }

  private problemOf(error: unknown, request: FastifyRequest): ProblemError {
    const problem = problemOf(error);
    if (problem && problem.cause === undefined) return problem;
    const which = { method: request.method, path: pathOf(request) };
    if (problem?.code === 'unavailable' && problem.cause instanceof Error) this.outages.note(problem.cause, which);
    else this.logger.error({ err: problem?.cause ?? error, ...which }, 'request failed');
    return problem ?? new ProblemError('internal', INTERNAL);
  }

  private send(reply: FastifyReply, problem: ProblemError): void {
    const { status, headers, body } = problemAnswer(problem);
    reply.status(status).headers(headers).send(JSON.stringify(body));
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
