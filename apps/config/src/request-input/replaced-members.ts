import { isObject } from '../input/merge-patch.js';

type Json = Record<string, unknown>;

/**
 * What a merge patch of headers and auth replaces beyond the RFC, taken out of the document before they are merged:
 * header names are the same in any case, and an auth of another type replaces the old one whole. Changes `document`.
 */
export function forgetReplaced(document: Json | null, patch: Json | null): void {
  forgetHeadersOfOtherCase(memberOf(document, 'headers'), memberOf(patch, 'headers'));
  forgetOther(document, 'auth', 'type', memberOf(patch, 'auth'));
}

/** A member of another kind replaces the old one whole. */
export function forgetOther(parent: Json | null, name: string, kind: string, patched: Json | null): void {
  const member = memberOf(parent, name);
  if (parent && member && patched?.[kind] !== undefined && patched[kind] !== member[kind]) delete parent[name];
}

export function memberOf(value: unknown, name: string): Json | null {
  const member = isObject(value) ? value[name] : null;
  return isObject(member) ? member : null;
}

function forgetHeadersOfOtherCase(headers: Json | null, patched: Json | null): void {
  if (!headers || !patched) return;
  const names = new Map(Object.keys(patched).map((name) => [name.toLowerCase(), name]));
  for (const name of Object.keys(headers)) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined && other !== name) delete headers[name];
  }
}
