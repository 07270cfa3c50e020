import { isDeepStrictEqual } from 'node:util';
import { pointerTo } from '@hookstile/contracts';
import { type Static, Type } from 'typebox';
import { isObject } from '../input/merge-patch.js';
import { isMasked } from '../request-input/masked-secret.js';

/** One place in which two documents differ; null where one of them has nothing there. */
export const DocumentChange = Type.Object({
  pointer: Type.String({ description: 'A JSON pointer; empty where one of the documents is absent as a whole.' }),
  from: Type.Unknown(),
  to: Type.Unknown(),
});
export type DocumentChange = Static<typeof DocumentChange>;

/** Where two masked documents differ, member by member. Arrays and secrets are told whole. */
export function changesBetween(from: unknown, to: unknown, pointer = ''): DocumentChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!hasMembers(from) || !hasMembers(to)) return [{ pointer, from: from ?? null, to: to ?? null }];
  const members = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...members].flatMap((member) => changesBetween(from[member], to[member], pointerTo(pointer, member)));
}

function hasMembers(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isMasked(value);
}
