import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { systemClock } from '../clock.js';
import { AllowedMethods } from '../problems/allowed-methods.js';
import { OutageLog } from '../problems/outage-log.js';
import { ProblemFilter } from '../problems/problem.filter.js';
import type { ServiceDefinition } from '../service.js';
import { tracing } from '../telemetry/tracing.js';
import { registerBodyParsers } from './body-parsers.js';
import { BoundedConnections } from './bounded-connections.js';
import { refuseUnclearHeads } from './clear-heads-hook.js';
import { boundHeldBodies } from './held-bodies.js';
import {
  BODY_MAX_BYTES,
  HEADERS_MAX_BYTES,
  HTTP_BOUNDS,
  type HttpBounds,
  KEEP_ALIVE_TIMEOUT_MS,
  PATH_PARAMETER_MAX_LENGTH,
} from './http.bounds.js';
import { answerBroken, refuseTunnel } from './last-words.js';
import { lingerForUnreadBodies } from './late-bytes.js';
import { NODE_HEADERS_MAX_COUNT } from './unclear-head.js';

export interface HttpServer {
  adapter: FastifyAdapter;
  connections: BoundedConnections;
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

/** Nest's adapter with Hookstile's bounds, body parsers and problem documents. */
export function createHttpServer(
  definition: Bodies,
  logger: Logger,
  bounds: HttpBounds = HTTP_BOUNDS,
  onClosedForRoom: () => void = () => undefined,
): HttpServer {
  const allowedMethods = new AllowedMethods();
  const filter = new ProblemFilter(logger, allowedMethods, new OutageLog(logger, systemClock));
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_MAX_BYTES,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionTimeout: bounds.stalledTimeoutMs,
    http: {
      // A request without the header is refused by us, with a problem.
      requireHostHeader: false,
      maxHeaderSize: HEADERS_MAX_BYTES,
      headersTimeout: bounds.headersTimeoutMs,
      connectionsCheckingInterval: bounds.overdueCheckIntervalMs,
    },
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX_LENGTH },
    // While stopping, requests that still arrive are served until the server closes.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: (error, socket) => answerBroken(error, socket as Socket, connections),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
  });
  const instance = adapter.getInstance<FastifyInstance>();
  instance.server.maxHeadersCount = NODE_HEADERS_MAX_COUNT;
  const connections = new BoundedConnections(instance.server, bounds, onClosedForRoom);
  instance.server.on('connect', (_request, socket) => refuseTunnel(socket as Socket, connections));
  instance.addHook('onRoute', (route) => {
    allowedMethods.add(route.method, route.url);
    const bodyMaxBytes = definition.bodyMaxBytes?.[route.url];
    if (bodyMaxBytes !== undefined) route.bodyLimit = bodyMaxBytes;
  });
  if (tracing.enabled) nameServerSpans(instance);
  refuseUnclearHeads(instance, connections, filter);
  boundHeldBodies(instance, bounds);
  lingerForUnreadBodies(instance, connections);
  cutWhatOutlastsTheClose(instance, bounds.closeTimeoutMs);
  registerBodyParsers(instance, definition.rawBodyRoutes ?? []);
  return { adapter, connections, filter };
}
