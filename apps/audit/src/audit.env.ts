import { PayloadMaskEnv, Setting } from '@hookstile/service-runtime';
import { IsInt, Max, Min } from 'class-validator';

const DAYS_MAX = 3_650;

export class AuditEnv extends PayloadMaskEnv {
  @Setting({
    description: 'How long events and deliveries are kept, from when the event was accepted; 0 is for ever.',
    unit: 'days',
  })
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  HOOKSTILE_EVENTS_KEPT_DAYS = 30;

  @Setting({ description: 'How long the event log keeps attempts and their bodies; 0 is for ever.', unit: 'days' })
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  HOOKSTILE_ATTEMPTS_KEPT_DAYS = 30;

  @Setting({ description: 'How long the activity log keeps decisions; 0 is for ever.', unit: 'days' })
  @IsInt()
  @Min(0)
  @Max(DAYS_MAX)
  HOOKSTILE_ACTIVITY_LOG_KEPT_DAYS = 30;
}
