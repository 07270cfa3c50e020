import type { SomeReferences } from '@hookstile/service-runtime';
import { Me } from './me.controller.js';

export const ME_REFERENCE = {
  'me.get': {
    answers: [{ status: 200, description: 'Who the key is', body: { name: 'Me', schema: Me } }],
    examples: {
      platform: { status: 200, answer: { tenantId: 'acme', role: 'platform', keyId: null } },
    },
  },
} satisfies SomeReferences;
