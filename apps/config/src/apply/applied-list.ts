import { Count, Nullable } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { changesBetween, DocumentChange } from '../integrations/document-changes.js';
import type { Integration, IntegrationState } from '../integrations/integration.decider.js';
import { type IntegrationDocument, integrationDocument } from '../integrations/integration-view.js';

const ACTIONS = ['created', 'changed', 'deleted', 'unchanged'] as const;
type Action = (typeof ACTIONS)[number];

/** What a list makes of one integration; secrets are masked in its changes. */
const AppliedItem = Type.Object({
  name: Type.String(),
  action: Type.Union([
    Type.Literal('created'),
    Type.Literal('changed'),
    Type.Literal('deleted'),
    Type.Literal('unchanged'),
  ]),
  id: Nullable(Type.String({ description: 'Null of one that a dry run would create.' })),
  changes: Type.Array(DocumentChange),
  signingSecret: Type.Optional(Type.String({ description: 'Only where it is new, shown this once.' })),
});
export type AppliedItem = Static<typeof AppliedItem>;

/** The answer to a list: what was done, or would be. What the list names comes first, in its order. */
export const AppliedList = Type.Object({
  dryRun: Type.Boolean(),
  summary: Type.Object({ created: Count, changed: Count, deleted: Count, unchanged: Count }),
  items: Type.Array(AppliedItem),
});
export type AppliedList = Static<typeof AppliedList>;

function documentOf(state: IntegrationState): IntegrationDocument | null {
  return state.status === 'present' ? integrationDocument(state) : null;
}

function actionOf(before: IntegrationState, after: Integration): Action {
  if (before.status === 'absent') return 'created';
  if (after.status === 'deleted') return 'deleted';
  return after.version > before.version ? 'changed' : 'unchanged';
}

export function appliedItem(
  id: string,
  before: IntegrationState,
  after: Integration,
  newSigningSecret: string | null,
): AppliedItem {
  return {
    name: after.settings.name,
    action: actionOf(before, after),
    id,
    changes: changesBetween(documentOf(before), documentOf(after)),
    ...(newSigningSecret === null ? {} : { signingSecret: newSigningSecret }),
  };
}

/** Ids and secrets that a dry run made are nobody's. */
function asIfApplied({ signingSecret: _, ...item }: AppliedItem): AppliedItem {
  return item.action === 'created' ? { ...item, id: null } : item;
}

export function appliedList(items: readonly AppliedItem[], dryRun: boolean): AppliedList {
  const counts = ACTIONS.map((action) => [action, items.filter((item) => item.action === action).length]);
  return {
    dryRun,
    summary: Object.fromEntries(counts) as AppliedList['summary'],
    items: dryRun ? items.map(asIfApplied) : [...items],
  };
}
