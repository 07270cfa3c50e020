import type { Authentication } from '@hookstile/contracts';
import { type Static, Type } from 'typebox';
import { MaskedSecret, masked } from './masked-secret.js';

/** How an auth reads back. */
export const MaskedAuth = Type.Union([
  Type.Object({ type: Type.Literal('none') }),
  Type.Object({ type: Type.Literal('apiKey'), header: Type.String(), value: MaskedSecret }),
  Type.Object({ type: Type.Literal('bearer'), token: MaskedSecret }),
  Type.Object({ type: Type.Literal('basic'), username: Type.String(), password: MaskedSecret }),
  Type.Object({
    type: Type.Literal('oauth2'),
    tokenUrl: Type.String(),
    clientId: Type.String(),
    clientSecret: MaskedSecret,
    scope: Type.Optional(Type.String()),
    audience: Type.Optional(Type.String()),
  }),
]);
export type MaskedAuth = Static<typeof MaskedAuth>;

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
