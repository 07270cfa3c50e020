/** A W3C `traceparent` value: `00-<32 hex>-<16 hex>-<2 hex>`. Source: W3C Trace Context, section 3.2. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ALL_ZERO = /^0+$/;

/** The trace id (32 hex digits) of a valid `traceparent`, or null. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (!match?.[1] || !match[2] || ALL_ZERO.test(match[1]) || ALL_ZERO.test(match[2])) return null;
  return match[1];
}
