import { isObject, mergePatch } from '../input/merge-patch.js';

type Json = Record<string, unknown>;

/** Members whose null is a value ("never", "no limit"), so that a patch's null sets it instead of removing the member. */
const NULL_IS_A_VALUE = new Set(['disableAfter', 'disableAfterMs', 'rateLimit']);

/**
 * A merge patch of an integration's document. Beyond the RFC: header names are the same in any case, an auth of another
 * type, an ordering of another mode and the other kind of delays replace the old one, and null is a value where the
 * public surface says so.
 */
export function patchIntegration(document: object, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const prepared = structuredClone(document) as Json;
  const request = memberOf(patch, 'request');
  forgetHeadersOfOtherCase(memberOf(prepared, 'request'), memberOf(request, 'headers'));
  forgetOther(memberOf(prepared, 'request'), 'auth', 'type', memberOf(request, 'auth'));
  forgetOther(prepared, 'ordering', 'mode', memberOf(patch, 'ordering'));
  forgetOtherDelays(memberOf(prepared, 'retry'), memberOf(patch, 'retry'));
  const merged = mergePatch(prepared, patch) as Json;
  for (const name of NULL_IS_A_VALUE) {
    if (patch[name] === null) merged[name] = null;
  }
  return merged;
}

function forgetHeadersOfOtherCase(request: Json | null, patched: Json | null): void {
  const headers = memberOf(request, 'headers');
  if (!headers || !patched) return;
  const names = new Map(Object.keys(patched).map((name) => [name.toLowerCase(), name]));
  for (const name of Object.keys(headers)) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined && other !== name) delete headers[name];
  }
}

/** A member of another kind replaces the old one whole. */
function forgetOther(parent: Json | null, name: string, kind: string, patched: Json | null): void {
  const member = memberOf(parent, name);
  if (parent && member && patched?.[kind] !== undefined && patched[kind] !== member[kind]) delete parent[name];
}

function forgetOtherDelays(retry: Json | null, patched: Json | null): void {
  if (retry && isObject(patched?.exponential)) delete retry.delaysMs;
  if (retry && Array.isArray(patched?.delaysMs)) delete retry.exponential;
}

function memberOf(value: unknown, name: string): Json | null {
  const member = isObject(value) ? value[name] : null;
  return isObject(member) ? member : null;
}
