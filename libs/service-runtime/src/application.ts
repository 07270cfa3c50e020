import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Admission } from './auth/admission.js';
import { admitBeforeBodies } from './http/admission-hook.js';
import { registerHealthRoutes } from './http/health-routes.js';
import { HTTP_BOUNDS } from './http/http.bounds.js';
import { createHttpServer } from './http/http-adapter.js';
import { nestLogger } from './logger.js';
import type { ReadinessChecks } from './readiness.js';
import { type RuntimeParts, runtimeModule } from './runtime.module.js';
import type { ServiceDefinition } from './service.js';
import type { Teardown } from './teardown.js';
import { closedForRoomCounter, gaugeConnections } from './telemetry/connection-metrics.js';

interface ApplicationParts extends RuntimeParts {
  readiness: ReadinessChecks;
}

/** Builds the Nest application, starts its consumers, then its HTTP server. */
export async function startApplication(
  definition: ServiceDefinition,
  parts: ApplicationParts,
  teardown: Teardown,
): Promise<NestFastifyApplication> {
  const { logger, env } = parts.context;
  const bounds = { ...HTTP_BOUNDS, connectionsMax: env.HOOKSTILE_CONNECTIONS_MAX };
  const { adapter, connections, filter } = createHttpServer(
    definition,
    logger,
    bounds,
    closedForRoomCounter(definition.name),
  );
  const endGauge = gaugeConnections(definition.name, connections);
  teardown.add('connection metrics', endGauge);
  const instance = adapter.getInstance<FastifyInstance>();
  registerHealthRoutes(instance, parts.readiness);
  const module = runtimeModule(parts, [definition.module(parts.context)]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
    forceCloseConnections: false,
  });
  teardown.add('application', () => app.close());
  app.useGlobalFilters(filter);
  for (const strategy of definition.strategies?.(app) ?? []) app.connectMicroservice({ strategy });
  const admission = app.get(Admission);
  admitBeforeBodies(instance, filter, (request, reply, conditions) => admission.admit(request, reply, conditions));
  // Providers are initialized before the first record or request reaches one.
  await app.init();
  await app.startAllMicroservices();
  await app.listen(env.PORT, env.HOST);
  return app;
}

export function urlOf(app: NestFastifyApplication): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
