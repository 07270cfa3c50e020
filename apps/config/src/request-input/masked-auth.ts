import type { Authentication, OAuth2 } from '@hookstile/contracts';
import { type MaskedSecret, masked } from './masked-secret.js';

/** How an auth reads back. */
export type MaskedAuth =
  | { type: 'none' }
  | { type: 'apiKey'; header: string; value: MaskedSecret }
  | { type: 'bearer'; token: MaskedSecret }
  | { type: 'basic'; username: string; password: MaskedSecret }
  | (Omit<OAuth2, 'clientSecret'> & { clientSecret: MaskedSecret });

export function maskedAuth(auth: Authentication): MaskedAuth {
  switch (auth.type) {
    case 'none':
      return { type: 'none' };
    case 'apiKey':
      return { type: 'apiKey', header: auth.header, value: masked(auth.value) };
    case 'bearer':
      return { type: 'bearer', token: masked(auth.token) };
    case 'basic':
      return { type: 'basic', username: auth.username, password: masked(auth.password) };
    case 'oauth2':
      return { ...auth, clientSecret: masked(auth.clientSecret) };
  }
}
