import { Setting } from '@hookstile/service-runtime';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { EgressEnv } from './egress/egress.env.js';

const DAY_MS = 86_400_000;
const ADVERTISED_URL = /^https?:\/\/[^\s/?#@]+$/;

export class DispatcherEnv extends EgressEnv {
  @Setting({
    description:
      'Where other dispatchers reach this one, http://host:port; by default HOST and PORT, or an address of the machine where it listens on all.',
  })
  @IsOptional()
  @Matches(ADVERTISED_URL, { message: 'must be a URL http://host:port without a path' })
  HOOKSTILE_ADVERTISED_URL = '';

  @Setting({
    description: 'Held deliveries of a disabled integration; the oldest beyond are discarded.',
    unit: 'count',
  })
  @IsInt()
  @Min(1)
  HOOKSTILE_HELD_MAX_COUNT = 100_000;

  @Setting({
    description: 'How long a delivery is held for a disabled integration before it is discarded.',
    unit: 'ms',
  })
  @IsInt()
  @Min(1)
  HOOKSTILE_HELD_MAX_AGE_MS = 30 * DAY_MS;

  @Setting({ description: 'Attempts that one process makes at the same time.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_ATTEMPTS_IN_FLIGHT_MAX = 512;

  @Setting({ description: 'Of these, for one tenant.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_ATTEMPTS_PER_TENANT_MAX = 256;

  @Setting({ description: 'Of these, to one origin (scheme, host and port).', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_ATTEMPTS_PER_ORIGIN_MAX = 64;

  @Setting({ description: 'Decisions that wait for their webhooks at the same time in one process.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_DECISIONS_IN_FLIGHT_MAX = 4_096;

  @Setting({ description: 'Of these, for one tenant.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_DECISIONS_PER_TENANT_MAX = 1_024;

  @Setting({ description: 'Of these, for one rule.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  HOOKSTILE_DECISIONS_PER_RULE_MAX = 256;
}
