import { BaseEnv, Setting } from '@hookstile/service-runtime';
import { IsInt, Max, Min } from 'class-validator';

const REPLICATION_MAX = 9;
const HOUR_MS = 60 * 60 * 1_000;
const RETENTION_DEFAULT_MS = 7 * 24 * HOUR_MS;

/** What preparing needs besides what every service reads. */
export class PrepareEnv extends BaseEnv {
  @Setting({ description: 'Replicas of each topic that is created; 3 in production.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(REPLICATION_MAX)
  HOOKSTILE_REPLICATION_FACTOR = 1;

  @Setting({
    description: 'Replicas that must have a record before it counts as written; 2 in production.',
    unit: 'count',
  })
  @IsInt()
  @Min(1)
  @Max(REPLICATION_MAX)
  HOOKSTILE_MIN_INSYNC_REPLICAS = 1;

  @Setting({
    description: 'How long records stay in topics: at least as long as the views may need to be rebuilt.',
    unit: 'ms',
  })
  @IsInt()
  @Min(HOUR_MS)
  HOOKSTILE_RETENTION_MS = RETENTION_DEFAULT_MS;
}
