import type { IntegrationSettings, SealedSecret } from '@hookstile/contracts';

export type OpenSecret = (sealed: SealedSecret) => string;

/** The header that an integration's `auth` adds, or null; its value is a secret. */
export function authHeaderOf(
  auth: IntegrationSettings['request']['auth'],
  open: OpenSecret,
): [name: string, value: string] | null {
  switch (auth.type) {
    case 'none':
    // Its token is not known before an attempt asks for it.
    case 'oauth2':
      return null;
    case 'apiKey':
      return [auth.header, open(auth.value)];
    case 'bearer':
      return ['authorization', `Bearer ${open(auth.token)}`];
    case 'basic':
      return ['authorization', `Basic ${Buffer.from(`${auth.username}:${open(auth.password)}`).toString('base64')}`];
  }
}
