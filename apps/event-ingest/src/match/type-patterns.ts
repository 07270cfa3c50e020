import { ANY_TYPE, isReservedType, PREFIX_SUFFIX } from '@hookstile/contracts';

/**
 * The patterns without those that another one of them covers, so that of one integration none but one stands for an event: a
 * filter is not asked once for each of a hundred. "Everything" does not cover what Hookstile tells itself.
 */
export function withoutCovered(patterns: readonly string[]): string[] {
  const known = new Set(patterns);
  return [...known].filter((pattern) => {
    if (pattern === ANY_TYPE) return true;
    if (known.has(ANY_TYPE) && !isReservedType(pattern)) return false;
    const nameEnd = pattern.endsWith(PREFIX_SUFFIX) ? pattern.length - PREFIX_SUFFIX.length : pattern.length;
    for (let dot = pattern.indexOf('.'); dot >= 0 && dot < nameEnd; dot = pattern.indexOf('.', dot + 1)) {
      if (known.has(`${pattern.slice(0, dot)}${PREFIX_SUFFIX}`)) return false;
    }
    return true;
  });
}
