import { Nullable, type SomeReferences } from '@hookstile/service-runtime';
import { PARAMETER_NAMES } from '@hookstile/templates';
import { Type } from 'typebox';
import { DecisionView, RuleTestView } from './decision-views.js';

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const Value = Type.Union([Scalar, Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]))]);

/** What a context can give: what `readContext` takes. */
const Context = Type.Object(
  {
    ...Object.fromEntries(PARAMETER_NAMES.map((name) => [name, Type.Optional(Value)])),
    headers: Type.Optional(Type.Union([Type.Record(Type.String(), Value), Type.Null()])),
    certificate: Type.Optional(
      Type.Union([Type.String(), Type.Null()], {
        description: 'In PEM; what is not given of its thumbprints and names comes from it.',
      }),
    ),
  },
  { additionalProperties: false },
);

const DecisionInput = Type.Object(
  { rule: Type.String({ minLength: 1, description: 'Its id or name.' }), context: Type.Optional(Nullable(Context)) },
  { additionalProperties: false },
);
const RuleTestInput = Type.Object({ context: Type.Optional(Nullable(Context)) }, { additionalProperties: false });

const RULE = 'rul_01kxyzabcdefghjkmnpqrstvwx';
const ASKED = { rule: 'ztna', context: { username: 'alice', remote_ip: '203.0.113.7' } };
const GRANTED = {
  decision: 'granted',
  code: 'matched',
  reason: '"access" of the answer equals "yes", which allows.',
  httpStatus: 200,
  durationMs: 12.3,
};

export const DECISIONS_REFERENCE = {
  'decisions.make': {
    request: { content: { 'application/json': { name: 'DecisionInput', schema: DecisionInput } }, required: true },
    answers: [
      { status: 200, description: 'Granted or denied, and why', body: { name: 'Decision', schema: DecisionView } },
    ],
    refusals: ['not_found', 'rule_disabled'],
    examples: {
      granted: {
        request: ASKED,
        status: 200,
        answer: { id: 'dec_01kxyzabcdefghjkmnpqrstvwx', rule: RULE, ruleName: 'ztna', ...GRANTED, cached: false },
      },
      denied: {
        request: { rule: RULE, context: { username: 'mallory', remote_ip: '203.0.113.8' } },
        status: 200,
        answer: {
          id: 'dec_02kxyzabcdefghjkmnpqrstvwx',
          rule: RULE,
          ruleName: 'ztna',
          decision: 'denied',
          code: 'no_match',
          reason: 'No response action matched: "access" is "no".',
          httpStatus: 200,
          durationMs: 9.1,
          cached: false,
        },
      },
      'unknown-parameter': {
        request: { rule: 'ztna', context: { user: 'alice' } },
        status: 422,
        answer: {
          type: 'urn:hookstile:problem:invalid',
          title: 'The input is not valid',
          status: 422,
          detail: '/context/user: user is not a parameter that a context can give',
          code: 'invalid',
          errors: [
            {
              pointer: '/context/user',
              code: 'unknown_member',
              detail: 'user is not a parameter that a context can give',
            },
          ],
        },
      },
      disabled: {
        request: ASKED,
        status: 409,
        answer: {
          type: 'urn:hookstile:problem:rule_disabled',
          title: 'The rule is disabled',
          status: 409,
          detail: 'the rule ztna is disabled',
          code: 'rule_disabled',
        },
      },
    },
  },
  'decision-rules.test': {
    request: { content: { 'application/json': { name: 'RuleTestInput', schema: RuleTestInput } }, required: false },
    answers: [
      {
        status: 200,
        description: 'What was asked and answered, and what would be decided',
        body: { name: 'RuleTest', schema: RuleTestView },
      },
    ],
    examples: {
      granted: {
        path: { id: RULE },
        request: { context: ASKED.context },
        status: 200,
        answer: {
          request: {
            method: 'POST',
            url: 'https://example.com/access',
            headers: {
              accept: 'application/json',
              'accept-encoding': 'identity',
              'user-agent': 'Hookstile/0.1.0',
              'content-type': 'application/json',
              'X-Token': '***',
            },
            body: '{"user":"alice","ip":"203.0.113.7"}',
            truncated: false,
          },
          response: {
            httpStatus: 200,
            headers: {
              'content-type': 'application/json',
              date: 'Fri, 02 Jan 2026 03:04:05 GMT',
              connection: 'keep-alive',
              'keep-alive': 'timeout=5',
              'transfer-encoding': 'chunked',
            },
            body: '{"access":"yes"}',
            truncated: false,
          },
          matchedAction: { index: 0, type: 'allow', key: 'access', value: 'yes' },
          ...GRANTED,
        },
      },
    },
  },
} satisfies SomeReferences;
