import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { systemClock } from '../clock.js';
import { AllowedMethods } from '../problems/allowed-methods.js';
import { OutageLog } from '../problems/outage-log.js';
import { ProblemError } from '../problems/problem.error.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import type { ServiceDefinition } from '../service.js';
import { tracing } from '../telemetry/tracing.js';
import { registerBodyParsers } from './body-parsers.js';
import { answerBrokenConnection } from './broken-connection.js';
import { boundHeldBodies } from './held-bodies.js';
import { readRefusedBodies } from './late-bytes.js';

export const BODY_MAX_BYTES = 256 * 1024;
/** Of all requests that are being read or answered: sixteen of the largest batches of events. */
export const HELD_BODIES_MAX_BYTES = 64 * 1024 * 1024;
export const HEADERS_MAX_BYTES = 16 * 1024;
export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;
export const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How often Node looks for requests that are overdue. */
export const OVERDUE_CHECK_INTERVAL_MS = 2_000;
export const PATH_PARAMETER_MAX_LENGTH = 512;
/** What is still being served when the server closes may take this long; then its connection is cut. */
export const CLOSE_TIMEOUT_MS = 5_000;

export interface HttpBounds {
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  overdueCheckIntervalMs: number;
  closeTimeoutMs: number;
  heldBodiesMaxBytes: number;
}

export const HTTP_BOUNDS: HttpBounds = {
  headersTimeoutMs: HEADERS_TIMEOUT_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  overdueCheckIntervalMs: OVERDUE_CHECK_INTERVAL_MS,
  closeTimeoutMs: CLOSE_TIMEOUT_MS,
  heldBodiesMaxBytes: HELD_BODIES_MAX_BYTES,
};

export interface HttpServer {
  adapter: FastifyAdapter;
  filter: ProblemFilter;
}

type Bodies = Pick<ServiceDefinition, 'rawBodyRoutes' | 'bodyMaxBytes'>;

function cutWhatOutlastsTheClose(instance: FastifyInstance, timeoutMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  instance.addHook('preClose', (done) => {
    timer = setTimeout(() => instance.server.closeAllConnections(), timeoutMs);
    instance.server.once('close', () => clearTimeout(timer));
    done();
  });
}

function nameServerSpans(instance: FastifyInstance): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    tracing.nameIncoming(request.method, request.routeOptions.url);
    done();
  });
}

/** Postgres has no zero character in texts, so nothing can be found by an address that holds one. */
function refuseZeroCharacters(instance: FastifyInstance, filter: ProblemFilter): void {
  instance.addHook('onRequest', (request, reply, done) => {
    if (!request.url.split('?', 1)[0]?.includes('%00')) return done();
    filter.answer(new ProblemError('malformed', 'the address holds a zero character'), request, reply);
  });
}

/** Nest's adapter with Hookstile's bounds, body parsers and problem documents. */
export function createHttpServer(definition: Bodies, logger: Logger, bounds: HttpBounds = HTTP_BOUNDS): HttpServer {
  const allowedMethods = new AllowedMethods();
  const filter = new ProblemFilter(logger, allowedMethods, new OutageLog(logger, systemClock));
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      maxHeaderSize: HEADERS_MAX_BYTES,
      headersTimeout: bounds.headersTimeoutMs,
      connectionsCheckingInterval: bounds.overdueCheckIntervalMs,
    },
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_LENGTH },
    // While stopping, requests that still arrive are served until the server closes.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
  });
  const instance = adapter.getInstance<FastifyInstance>();
  instance.addHook('onRoute', (route) => {
    allowedMethods.add(route.method, route.url);
    const bodyMaxBytes = definition.bodyMaxBytes?.[route.url];
    if (bodyMaxBytes !== undefined) route.bodyLimit = bodyMaxBytes;
  });
  if (tracing.enabled) nameServerSpans(instance);
  refuseZeroCharacters(instance, filter);
  boundHeldBodies(instance, bounds.heldBodiesMaxBytes);
  readRefusedBodies(instance);
  cutWhatOutlastsTheClose(instance, bounds.closeTimeoutMs);
  registerBodyParsers(instance, definition.rawBodyRoutes ?? []);
  return { adapter, filter };
}
