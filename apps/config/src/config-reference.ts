import type { OperationReference, OperationsByService } from '@hookstile/service-runtime';
import { API_KEYS_REFERENCE } from './api-keys/api-keys-reference.js';
import { APPLY_REFERENCE } from './apply/apply-reference.js';
import { DECISION_RULES_REFERENCE } from './decision-rules/decision-rules-reference.js';
import { EVENT_TYPES_REFERENCE } from './event-types/event-types-reference.js';
import { INTEGRATIONS_REFERENCE } from './integrations/integrations-reference.js';
import { ME_REFERENCE } from './me/me-reference.js';
import { PROFILES_REFERENCE } from './profiles/profiles-reference.js';
import { TENANTS_REFERENCE } from './tenants/tenants-reference.js';

/** What the API reference says of config's operations. */
export const CONFIG_REFERENCE: Record<OperationsByService['config'], OperationReference> = {
  ...TENANTS_REFERENCE,
  ...API_KEYS_REFERENCE,
  ...ME_REFERENCE,
  ...PROFILES_REFERENCE,
  ...EVENT_TYPES_REFERENCE,
  ...INTEGRATIONS_REFERENCE,
  ...APPLY_REFERENCE,
  ...DECISION_RULES_REFERENCE,
};
