import type { SomeReferences } from '@hookstile/service-runtime';
import { API_KEYS_REFERENCE } from './api-keys/api-keys-reference.js';
import { ME_REFERENCE } from './me/me-reference.js';
import { TENANTS_REFERENCE } from './tenants/tenants-reference.js';

/** What the API reference says of config's operations. */
export const CONFIG_REFERENCE: SomeReferences = {
  ...TENANTS_REFERENCE,
  ...API_KEYS_REFERENCE,
  ...ME_REFERENCE,
};
