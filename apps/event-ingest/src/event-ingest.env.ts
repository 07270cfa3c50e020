import { BaseEnv, Setting } from '@hookstile/service-runtime';
import { ArrayNotEmpty, IsIn } from 'class-validator';

export const INGEST_ROLES = ['front-door', 'router'] as const;
export type IngestRole = (typeof INGEST_ROLES)[number];

export class EventIngestEnv extends BaseEnv {
  @Setting({ description: 'What this process does: front-door takes POST /v1/events, router reads the topic events.' })
  @ArrayNotEmpty()
  @IsIn(INGEST_ROLES, { each: true })
  HOOKSTILE_INGEST_ROLES: string[] = [...INGEST_ROLES];
}
