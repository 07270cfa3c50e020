import { BaseEnv, Setting } from '@hookstile/service-runtime';
import { ArrayNotEmpty, IsIn, IsInt, Max, Min } from 'class-validator';

export const INGEST_ROLES = ['front-door', 'router'] as const;
/** Far above what one process accepts. */
const EVENTS_PER_SECOND_MAX = 1_000_000;
const EVENTS_BURST_MAX = 100_000_000;

export type IngestRole = (typeof INGEST_ROLES)[number];

export class EventIngestEnv extends BaseEnv {
  @Setting({ description: 'What this process does: front-door takes POST /v1/events, router reads the topic events.' })
  @ArrayNotEmpty()
  @IsIn(INGEST_ROLES, { each: true })
  HOOKSTILE_INGEST_ROLES: string[] = [...INGEST_ROLES];

  @Setting({
    description:
      'Events of one tenant that one process takes by HTTP in a second, each event of a batch counted; 0 sets no limit.',
    unit: 'count',
  })
  @IsInt()
  @Min(0)
  @Max(EVENTS_PER_SECOND_MAX)
  HOOKSTILE_EVENTS_PER_SECOND = 0;

  @Setting({
    description:
      'How many it takes at once of a tenant that sent none for a while; 0 is as many as HOOKSTILE_EVENTS_PER_SECOND.',
    unit: 'count',
  })
  @IsInt()
  @Min(0)
  @Max(EVENTS_BURST_MAX)
  HOOKSTILE_EVENTS_BURST = 0;
}
