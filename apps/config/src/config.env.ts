import { BaseEnv, Setting } from '@hookstile/service-runtime';
import { IsInt, Max, Min } from 'class-validator';
import { TENANT_CONFIGURATION_MAX_BYTES } from './changes/tenant-room.js';

const MEBIBYTE = 1024 * 1024;

export class ConfigEnv extends BaseEnv {
  @Setting({
    description:
      "What one tenant's integrations, decision rules, event types and API keys may take together, as JSON and 512 bytes each; the services keep all of it in memory.",
    unit: 'bytes',
  })
  @IsInt()
  @Min(MEBIBYTE)
  @Max(1024 * MEBIBYTE)
  HOOKSTILE_TENANT_CONFIGURATION_MAX_BYTES = TENANT_CONFIGURATION_MAX_BYTES;
}
