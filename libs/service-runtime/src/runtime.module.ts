import { topicName } from '@hookstile/contracts';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Admission, PLATFORM_KEY_DIGEST } from './auth/admission.js';
import { AuthGuard } from './auth/auth.guard.js';
import { keyDigest } from './auth/principal.js';
import type { ConfigurationProjection } from './configuration/configuration-projection.js';
import { ProjectionKeyDirectory } from './configuration/projection-key-directory.js';
import type { BaseEnv } from './env/base.env.js';
import { REQUEST_LIMITS, RequestLimits } from './rate-limit/request-limits.js';
import type { Readiness } from './readiness.js';
import type { KeyRing } from './secrets/key-ring.js';
import type { ServiceContext } from './service.js';
import { metrics } from './telemetry/metrics.js';
import { tracing } from './telemetry/tracing.js';
import {
  CLOCK,
  CONFIGURATION_PROJECTION,
  DATA_SOURCE,
  ENV,
  KEY_DIRECTORY,
  KEY_RING,
  LOGGER,
  MESSAGING,
  OPEN_DATABASE,
  PARTITION_COUNT,
  POOLS,
  RANDOM_BYTES,
  READINESS,
  TELEMETRY,
  TOPICS,
  type TopicsByName,
} from './tokens.js';

export interface RuntimeParts {
  context: ServiceContext;
  keyRing: KeyRing;
  readiness: Readiness;
  /** Null where the service does not follow the configuration (config itself). */
  projection: ConfigurationProjection | null;
}

function value(provide: symbol, useValue: unknown): Provider {
  return { provide, useValue };
}

export function topicsOf(env: BaseEnv): TopicsByName {
  return (name) => topicName(env.HOOKSTILE_TOPIC_PREFIX, name);
}

function platformKeyDigest(env: BaseEnv): Buffer | null {
  return env.HOOKSTILE_ADMIN_KEY === '' ? null : keyDigest(env.HOOKSTILE_ADMIN_KEY);
}

function configurationProviders({ projection, context }: RuntimeParts): Provider[] {
  if (!projection) return [];
  return [
    value(CONFIGURATION_PROJECTION, projection),
    value(KEY_DIRECTORY, new ProjectionKeyDirectory(projection, context.clock)),
  ];
}

/** Provides what every service needs, under the tokens of `tokens.ts`, everywhere. */
@Global()
@Module({})
export class RuntimeModule {}

export function runtimeModule(parts: RuntimeParts, service: NonNullable<DynamicModule['imports']>): DynamicModule {
  const { context, keyRing, readiness } = parts;
  const provided = [
    value(ENV, context.env),
    value(CLOCK, context.clock),
    value(RANDOM_BYTES, context.randomBytes),
    value(MESSAGING, context.messaging),
    value(DATA_SOURCE, context.dataSource),
    value(POOLS, context.pools),
    value(OPEN_DATABASE, context.openDatabase),
    value(LOGGER, context.logger),
    value(TOPICS, topicsOf(context.env)),
    value(PARTITION_COUNT, context.env.HOOKSTILE_PARTITIONS),
    value(KEY_RING, keyRing),
    value(READINESS, readiness),
    value(TELEMETRY, { tracing, metrics }),
    ...configurationProviders(parts),
  ];
  return {
    module: RuntimeModule,
    imports: service,
    providers: [
      ...provided,
      value(PLATFORM_KEY_DIGEST, platformKeyDigest(context.env)),
      value(REQUEST_LIMITS, new RequestLimits(context.env, context.clock)),
      Admission,
      { provide: APP_GUARD, useClass: AuthGuard },
    ],
    exports: provided.map((provider) => (provider as { provide: symbol }).provide),
  };
}
