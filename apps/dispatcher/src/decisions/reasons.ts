import type { DecisionRuleSettings, ResponseAction } from '@hookstile/contracts';
import { REASON_MAX_CHARACTERS, SHOWN_ACTIONS_MAX, SHOWN_VALUE_MAX_CHARACTERS } from './decision.bounds.js';
import type { ActionsOutcome } from './response-actions.js';
import { holds } from './response-actions.js';
import { valuesAt } from './values-at.js';

/** Sentences for the admin of a rule. */

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1).toWellFormed()}…` : text;
}

function shown(value: unknown): string {
  return cut(JSON.stringify(value) ?? 'nothing', SHOWN_VALUE_MAX_CHARACTERS);
}

function named(key: string): string {
  return key === '' ? 'The answer' : `"${cut(key, SHOWN_VALUE_MAX_CHARACTERS)}"`;
}

function whatStandsAt(key: string, document: unknown): string {
  const values = valuesAt(document, key);
  if (values.length === 0) return `${named(key)} is not in the answer`;
  return `${named(key)} is ${values.length === 1 ? shown(values[0]) : shown(values)}`;
}

function decidedBy({ type, key, value }: ResponseAction): string {
  return `${named(key)} of the answer equals ${shown(value)}, which ${type === 'allow' ? 'allows' : 'denies'}.`;
}

function nothingDecided({ match, responseActions }: DecisionRuleSettings, document: unknown): string {
  if (responseActions.length === 0) return 'The rule has no response actions, so that nothing allows.';
  const failing = responseActions.filter(
    (action) => match === 'first' || (action.type === 'allow' && !holds(action, document)),
  );
  if (failing.length === 0) return 'The rule has no response action that allows.';
  const keys = [...new Set(failing.map(({ key }) => key))].slice(0, SHOWN_ACTIONS_MAX);
  const found = keys.map((key) => whatStandsAt(key, document)).join('; ');
  return match === 'first'
    ? `No response action matched: ${found}.`
    : `Not every response action that allows holds: ${found}.`;
}

export function reasonOfActions(settings: DecisionRuleSettings, outcome: ActionsOutcome, document: unknown): string {
  const action = outcome.matched === null ? undefined : settings.responseActions[outcome.matched];
  if (!action) return cut(nothingDecided(settings, document), REASON_MAX_CHARACTERS);
  if (settings.match === 'all' && outcome.decision === 'granted') {
    return 'Every response action that allows holds, and none that denies.';
  }
  return cut(decidedBy(action), REASON_MAX_CHARACTERS);
}

/** A failure's sentence, and what the rule says of failures. */
export function reasonOfError(detail: string, onError: DecisionRuleSettings['onError']): string {
  const consequence = onError === 'allow' ? 'On errors this rule allows.' : 'On errors this rule denies.';
  return `${cut(detail, REASON_MAX_CHARACTERS - consequence.length - 1)} ${consequence}`;
}
