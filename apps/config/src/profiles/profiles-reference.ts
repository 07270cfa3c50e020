import { pageOf, type SomeReferences } from '@hookstile/service-runtime';
import { BUILT_IN_PROFILES } from './built-in-profiles.js';
import { Profile } from './profile-schema.js';

export const PROFILES_REFERENCE = {
  'profiles.list': {
    isPaged: true,
    answers: [{ status: 200, description: 'A page', body: { name: 'Profiles', schema: pageOf(Profile) } }],
    examples: {
      first: {
        query: { limit: '1' },
        status: 200,
        answer: { items: BUILT_IN_PROFILES.list().slice(0, 1), nextCursor: 'MQ' },
      },
    },
  },
  'profiles.get': {
    answers: [{ status: 200, description: 'The profile', body: { name: 'Profile', schema: Profile } }],
    examples: {
      netography: { path: { name: 'netography' }, status: 200, answer: BUILT_IN_PROFILES.newest('netography') },
    },
  },
} satisfies SomeReferences;
