import type { AttemptError, DecisionCode, DecisionRuleSettings, ResponseAction, Verdict } from '@hookstile/contracts';
import type { ExchangeAnswer } from '../egress/exchange.js';
import type { HookAnswer } from './hook-answer.js';
import { parseAnswer } from './parse-answer.js';
import { reasonOfActions, reasonOfError } from './reasons.js';
import { applyActions } from './response-actions.js';

export interface MatchedAction extends ResponseAction {
  /** Its place in the rule, from 0. */
  index: number;
}

export interface Judgement {
  decision: Verdict;
  code: DecisionCode;
  reason: string;
  httpStatus: number | null;
  matchedAction: MatchedAction | null;
}

const CODES: Readonly<Partial<Record<AttemptError, DecisionCode>>> = {
  timeout: 'timeout',
  blocked_address: 'blocked_address',
  response_invalid: 'unparseable',
};

const CIRCUIT_OPEN = 'The webhook failed several times in a row and is left alone for some seconds.';

function byOnError(
  settings: DecisionRuleSettings,
  code: DecisionCode,
  detail: string,
  httpStatus: number | null,
): Judgement {
  const { onError } = settings;
  const decision = onError === 'allow' ? 'granted' : 'denied';
  return { decision, code, reason: reasonOfError(detail, onError), httpStatus, matchedAction: null };
}

function statusDetail(status: number): string {
  const redirects = status >= 300 && status < 400;
  return redirects ? `The webhook redirects (${status}), which is not followed.` : `The webhook answered ${status}.`;
}

function judgeDocument(settings: DecisionRuleSettings, document: unknown, httpStatus: number): Judgement {
  const outcome = applyActions(settings, document);
  const reason = reasonOfActions(settings, outcome, document);
  const action = outcome.matched === null ? undefined : settings.responseActions[outcome.matched];
  const matchedAction = action && outcome.matched !== null ? { index: outcome.matched, ...action } : null;
  const code = matchedAction ? 'matched' : 'no_match';
  return { decision: outcome.decision, code, reason, httpStatus, matchedAction };
}

function judgeAnswered(settings: DecisionRuleSettings, answer: ExchangeAnswer): Judgement {
  const { status } = answer;
  if (status < 200 || status >= 300) return byOnError(settings, 'http_status', statusDetail(status), status);
  const parsed = parseAnswer(answer, settings.verification);
  if (!parsed.parsed) return byOnError(settings, 'unparseable', parsed.reason, status);
  return judgeDocument(settings, parsed.document, status);
}

/** From what a hook answered, or why it did not, to the decision and its reason. */
export function judgeAnswer(settings: DecisionRuleSettings, asked: HookAnswer): Judgement {
  switch (asked.kind) {
    case 'answered':
      return judgeAnswered(settings, asked.answer);
    case 'failed':
      return byOnError(settings, CODES[asked.error] ?? 'connect', asked.detail, null);
    case 'circuit-open':
      return byOnError(settings, 'circuit_open', CIRCUIT_OPEN, null);
  }
}
