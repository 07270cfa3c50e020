import { isObject, mergePatch } from '../input/merge-patch.js';
import { forgetOther, forgetReplaced, memberOf } from '../request-input/replaced-members.js';

type Json = Record<string, unknown>;

/** Members whose null is a value ("never", "no limit"), so that a patch's null sets it instead of removing the member. */
const NULL_IS_A_VALUE = new Set(['disableAfter', 'disableAfterMs', 'rateLimit']);

/**
 * A merge patch of an integration's document. Beyond the RFC: header names are the same in any case, an auth of another
 * type, a body of another format, an ordering of another mode and the other kind of delays replace the old one, and null
 * is a value where the public surface says so, also where it ends what a rotation left. A public key follows from its secret, so the old one is forgotten.
 */
export function patchIntegration(document: object, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const prepared = structuredClone(document) as Json;
  const request = memberOf(prepared, 'request');
  forgetReplaced(request, memberOf(patch, 'request'));
  forgetOther(request, 'body', 'format', memberOf(memberOf(patch, 'request'), 'body'));
  delete memberOf(request, 'sign')?.publicKey;
  forgetOther(prepared, 'ordering', 'mode', memberOf(patch, 'ordering'));
  forgetOtherDelays(memberOf(prepared, 'retry'), memberOf(patch, 'retry'));
  const merged = mergePatch(prepared, patch) as Json;
  for (const name of NULL_IS_A_VALUE) {
    if (patch[name] === null) merged[name] = null;
  }
  const sign = memberOf(memberOf(merged, 'request'), 'sign');
  if (sign && memberOf(memberOf(patch, 'request'), 'sign')?.previous === null) sign.previous = null;
  return merged;
}

function forgetOtherDelays(retry: Json | null, patched: Json | null): void {
  if (retry && isObject(patched?.exponential)) delete retry.delaysMs;
  if (retry && Array.isArray(patched?.delaysMs)) delete retry.exponential;
}
