import 'reflect-metadata';
import { migrateSchema } from './connections.js';
import type { BaseEnv } from './env/base.env.js';
import { loadEnv } from './env/load-env.js';
import { createLogger } from './logger.js';
import type { ServiceDefinition } from './service.js';

/** Creates the service's schema where it is missing and runs its pending migrations. Safe beside other starts. */
export async function migrate<E extends BaseEnv>(
  definition: ServiceDefinition<E>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const env = loadEnv(definition.env, definition.name, environment);
  await migrateSchema(definition, env, createLogger({ service: definition.name, level: env.LOG_LEVEL }));
}
