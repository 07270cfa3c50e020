import { DecisionCode, ResponseAction, Verdict } from '@hookstile/contracts';
import { Count, Nullable } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';

const judged = {
  decision: Verdict,
  code: DecisionCode,
  reason: Type.String({ description: 'A sentence for the admin of the rule.' }),
  httpStatus: Nullable(Type.Integer({ description: 'What the webhook answered; null where it did not.' })),
  durationMs: Type.Number({ minimum: 0 }),
};

export const DecisionView = Type.Object({
  id: Type.String(),
  rule: Type.String({ description: 'Its id.' }),
  ruleName: Type.String(),
  ...judged,
  cached: Type.Boolean({ description: 'An earlier decision for the same context, given again.' }),
});
export type DecisionView = Static<typeof DecisionView>;

const Headers = Type.Record(Type.String(), Type.String());

/** The first response action that decided. */
const MatchedAction = Type.Object({
  index: Type.Integer({ minimum: 0, description: 'Its place in the rule, from 0.' }),
  ...ResponseAction.properties,
});

export const RuleTestView = Type.Object({
  request: Nullable(
    Type.Object(
      {
        method: Type.String(),
        url: Type.String(),
        headers: Headers,
        body: Nullable(Type.String()),
        truncated: Type.Boolean(),
      },
      { description: "What was sent, secrets masked; null where the rule's settings allow none." },
    ),
  ),
  response: Nullable(
    Type.Object({ httpStatus: Count, headers: Headers, body: Type.String(), truncated: Type.Boolean() }),
  ),
  matchedAction: Nullable(MatchedAction),
  ...judged,
});
export type RuleTestView = Static<typeof RuleTestView>;
