import { auditService } from '@hookstile/audit/module';
import { configService } from '@hookstile/config/module';
import { dispatcherService } from '@hookstile/dispatcher/module';
import { eventIngestService } from '@hookstile/event-ingest/module';
import type { ServiceDefinition } from '@hookstile/service-runtime';

/** Every service, and how far its port lies above the base port. */
export const SERVICES: readonly { definition: ServiceDefinition; portOffset: number }[] = [
  { definition: configService, portOffset: 1 },
  { definition: eventIngestService, portOffset: 2 },
  { definition: dispatcherService, portOffset: 3 },
  { definition: auditService, portOffset: 4 },
];
