import { type Static, Type } from 'typebox';
import { SealedSecret } from './sealed-secret.js';

const None = Type.Object({ type: Type.Literal('none') });
const Basic = Type.Object({ type: Type.Literal('basic'), username: Type.String(), password: SealedSecret });

/** Client credentials (RFC 6749, section 4.4). */
export const OAuth2 = Type.Object({
  type: Type.Literal('oauth2'),
  tokenUrl: Type.String(),
  clientId: Type.String(),
  clientSecret: SealedSecret,
  scope: Type.Optional(Type.String()),
  audience: Type.Optional(Type.String()),
});
export type OAuth2 = Static<typeof OAuth2>;

/** How an integration's requests prove who sends them. */
export const Authentication = Type.Union([
  None,
  Type.Object({ type: Type.Literal('apiKey'), header: Type.String(), value: SealedSecret }),
  Type.Object({ type: Type.Literal('bearer'), token: SealedSecret }),
  Basic,
  OAuth2,
]);
export type Authentication = Static<typeof Authentication>;

/** How a decision rule's requests do. */
export const RuleAuthentication = Type.Union([None, Basic, OAuth2]);
export type RuleAuthentication = Static<typeof RuleAuthentication>;
