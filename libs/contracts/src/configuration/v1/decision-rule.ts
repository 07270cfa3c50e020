import { type Static, Type } from 'typebox';
import { Nullable, WholeNumber } from '../../schema-parts.js';
import { RuleAuthentication } from './authentication.js';
import { SealedSecret } from './sealed-secret.js';

/** What an answer's member must equal for the rule to allow, or to deny. `key` is a dotted path or a JSON pointer. */
export const ResponseAction = Type.Object({
  type: Type.Union([Type.Literal('allow'), Type.Literal('deny')]),
  key: Type.String(),
  /** Any JSON. */
  value: Type.Unknown(),
});
export type ResponseAction = Static<typeof ResponseAction>;

/** A decision rule's settings with every default spelled out, as the public API names them; secrets are sealed. */
export const DecisionRuleSettings = Type.Object({
  name: Type.String(),
  method: Type.Union([Type.Literal('GET'), Type.Literal('POST')]),
  url: Type.String(),
  /** Values given by users count as secrets; they may hold `%parameters%`. */
  headers: Type.Record(Type.String(), SealedSecret),
  auth: RuleAuthentication,
  /** May hold `%parameters%`; null with GET. */
  body: Nullable(Type.String()),
  verification: Type.Union([Type.Literal('json'), Type.Literal('jsonp')]),
  match: Type.Union([Type.Literal('first'), Type.Literal('all')]),
  responseActions: Type.Array(ResponseAction),
  onError: Type.Union([Type.Literal('deny'), Type.Literal('allow')]),
  timeoutMs: WholeNumber,
  /** How long a decision is given again for the same context; 0: never. */
  cacheSeconds: WholeNumber,
});
export type DecisionRuleSettings = Static<typeof DecisionRuleSettings>;
