import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

export const Verdict = Type.Union([Type.Literal('granted'), Type.Literal('denied')]);
export type Verdict = Static<typeof Verdict>;

/** What led to a verdict. */
export const DecisionCode = Type.Union([
  Type.Literal('matched'),
  Type.Literal('no_match'),
  Type.Literal('http_status'),
  Type.Literal('timeout'),
  Type.Literal('connect'),
  Type.Literal('unparseable'),
  Type.Literal('blocked_address'),
  Type.Literal('circuit_open'),
]);
export type DecisionCode = Static<typeof DecisionCode>;

/** One decision that was asked for, and why it fell as it did. The record's key is the rule. */
export const Decision = Type.Object({
  id: Type.String(),
  at: Instant,
  tenantId: Type.String(),
  ruleId: Type.String(),
  ruleName: Type.String(),
  ruleVersion: WholeNumber,
  decision: Verdict,
  code: DecisionCode,
  /** A sentence for the admin of the rule. */
  reason: Type.String(),
  /** Null where no answer came, or none was asked for. */
  httpStatus: Nullable(WholeNumber),
  durationMs: Type.Number({ minimum: 0 }),
  /** Whether it was an earlier decision for the same context, given again. */
  cached: Type.Boolean(),
  /** Of the context, as far as it says; nothing else of it is recorded. */
  username: Nullable(Type.String()),
  remoteIp: Nullable(Type.String()),
  deviceId: Nullable(Type.String()),
  traceparent: Nullable(Type.String()),
});
export type Decision = Static<typeof Decision>;

export const decisionsV1 = jsonContract('decisions', 1, Decision);
