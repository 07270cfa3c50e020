import type { ServiceDefinition } from '@hookstile/service-runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { BATCH_MAX_BYTES } from './accept/accept.bounds.js';
import { EVENTS_PATH } from './accept/events.controller.js';
import { EventIngestEnv, type IngestRole } from './event-ingest.env.js';
import { FrontDoorModule } from './front-door.module.js';
import { Inbox1764000000000 } from './migrations/1764000000000-inbox.migration.js';
import { TenantBeginnings1764700000000 } from './migrations/1764700000000-tenant-beginnings.migration.js';
import { RedeliveriesRoutedThrough1764800000000 } from './migrations/1764800000000-redeliveries-routed-through.migration.js';
import { InboxRejections1764950000000 } from './migrations/1764950000000-inbox-rejections.migration.js';
import { InboxVacuum1764960000000 } from './migrations/1764960000000-inbox-vacuum.migration.js';
import { RedeliveryRouterModule } from './redelivery-router.module.js';
import { RouterModule } from './router.module.js';

const MODULES: Record<IngestRole, (new (...parts: never[]) => object)[]> = {
  'front-door': [FrontDoorModule],
  router: [RouterModule, RedeliveryRouterModule],
};

@Module({})
export class EventIngestModule {}

/** Both roles in one process, or each in processes of its own. */
function eventIngestModule(env: EventIngestEnv): DynamicModule {
  const roles = new Set(env.HOOKSTILE_INGEST_ROLES);
  const imports = Object.entries(MODULES).flatMap(([role, modules]) => (roles.has(role) ? modules : []));
  return { module: EventIngestModule, imports };
}

export const eventIngestService: ServiceDefinition<EventIngestEnv> = {
  name: 'event-ingest',
  env: EventIngestEnv,
  module: ({ env }) => eventIngestModule(env),
  migrations: [
    Inbox1764000000000,
    TenantBeginnings1764700000000,
    RedeliveriesRoutedThrough1764800000000,
    InboxRejections1764950000000,
    InboxVacuum1764960000000,
  ],
  schema: 'ingest',
  // The front door needs none: events are accepted while Postgres is away, also by a process that starts then.
  databaseOpening: ({ HOOKSTILE_INGEST_ROLES }) => (HOOKSTILE_INGEST_ROLES.includes('router') ? 'by-module' : 'never'),
  // Who sends requests here looks at the readiness: what only routing needs must not keep events from being accepted.
  readyWithout: ({ HOOKSTILE_INGEST_ROLES }) =>
    HOOKSTILE_INGEST_ROLES.includes('front-door') ? ['postgres', 'router', 'redeliveries'] : [],
  rawBodyRoutes: [EVENTS_PATH],
  bodyMaxBytes: { [EVENTS_PATH]: BATCH_MAX_BYTES },
};
