import type { DecisionRuleSettings, ResponseAction, Verdict } from '@hookstile/contracts';
import { equalsJson } from './json-equality.js';
import { valuesAt } from './values-at.js';

export interface ActionsOutcome {
  decision: Verdict;
  /** Its place in the rule, or null where none decided. */
  matched: number | null;
}

/** Whether what stands at the action's key equals its value; of an array, whether any element does. */
export function holds({ key, value }: ResponseAction, document: unknown): boolean {
  return valuesAt(document, key).some(
    (actual) =>
      equalsJson(value, actual) || (Array.isArray(actual) && actual.some((element) => equalsJson(value, element))),
  );
}

function verdictOf(action: ResponseAction | undefined): Verdict {
  return action?.type === 'allow' ? 'granted' : 'denied';
}

function first(actions: readonly ResponseAction[], document: unknown): ActionsOutcome {
  const matched = actions.findIndex((action) => holds(action, document));
  return { decision: verdictOf(actions[matched]), matched: matched < 0 ? null : matched };
}

/** Granted when there is an allow, every allow holds and no deny does. */
function all(actions: readonly ResponseAction[], document: unknown): ActionsOutcome {
  const denying = actions.findIndex((action) => action.type === 'deny' && holds(action, document));
  if (denying >= 0) return { decision: 'denied', matched: denying };
  const allowing = actions.findIndex(({ type }) => type === 'allow');
  const allHold = actions.every((action) => action.type === 'deny' || holds(action, document));
  return allowing >= 0 && allHold ? { decision: 'granted', matched: allowing } : { decision: 'denied', matched: null };
}

/** What a rule's response actions say of an answer. Without actions: denied. */
export function applyActions(
  { match, responseActions }: Pick<DecisionRuleSettings, 'match' | 'responseActions'>,
  document: unknown,
): ActionsOutcome {
  return match === 'first' ? first(responseActions, document) : all(responseActions, document);
}
