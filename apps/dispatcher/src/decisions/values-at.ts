import { tokensOf } from '@hookstile/contracts';

const INDEX = /^(?:0|[1-9]\d*)$/;

function memberOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return INDEX.test(name) && Number(name) < value.length ? [value[Number(name)]] : [];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return [(value as Record<string, unknown>)[name]];
}

/** RFC 6901. */
function atPointer(document: unknown, pointer: string): unknown[] {
  let found = [document];
  for (const name of tokensOf(pointer)) {
    found = found.flatMap((value) => memberOf(value, name));
  }
  return found;
}

/** A name looks into each element of an array, a number takes the one. */
function atPath(document: unknown, path: string): unknown[] {
  let found = [document];
  for (const name of path.split('.')) {
    found = found.flatMap((value) => {
      if (Array.isArray(value) && !INDEX.test(name)) return value.flatMap((element) => memberOf(element, name));
      return memberOf(value, name);
    });
  }
  return found;
}

/**
 * The values that a response action's key leads to: none where a member is absent.
 * @param key a JSON pointer where it begins with `/`, the whole document where it is empty, else a dotted path
 */
export function valuesAt(document: unknown, key: string): unknown[] {
  if (key === '') return [document];
  return key.startsWith('/') ? atPointer(document, key) : atPath(document, key);
}
