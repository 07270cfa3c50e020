import { isObject, mergePatch } from '../input/merge-patch.js';

type Json = Record<string, unknown>;

/** Members whose null is a value ("never", "no limit"), so that a patch's null sets it instead of removing the member. */
const NULL_IS_A_VALUE = new Set(['disableAfter', 'disableAfterMs', 'rateLimit']);

/**
 * A merge patch of an integration's document. Beyond the RFC: header names are the same in any case, an auth of another
 * type replaces the old one, and null is a value where the public surface says so.
 */
export function patchIntegration(document: object, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const prepared = structuredClone(document) as Json;
  const request = memberOf(patch, 'request');
  forgetHeadersOfOtherCase(memberOf(prepared, 'request'), memberOf(request, 'headers'));
  forgetOtherAuth(memberOf(prepared, 'request'), memberOf(request, 'auth'));
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

function forgetOtherAuth(request: Json | null, patched: Json | null): void {
  const auth = memberOf(request, 'auth');
  if (request && auth && patched?.type !== undefined && patched.type !== auth.type) delete request.auth;
}

function memberOf(value: unknown, name: string): Json | null {
  const member = isObject(value) ? value[name] : null;
  return isObject(member) ? member : null;
}
