import { isObject, mergePatch } from '../input/merge-patch.js';
import { forgetReplaced } from '../request-input/replaced-members.js';

/** A merge patch of a rule's document; headers and auth are replaced as `forgetReplaced` says. */
export function patchDecisionRule(document: object, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const prepared = structuredClone(document) as Record<string, unknown>;
  forgetReplaced(prepared, patch);
  return mergePatch(prepared, patch);
}
