/** Types that begin so are what Hookstile itself tells a tenant; no producer's event has one. */
export const RESERVED_TYPE_PREFIX = 'hookstile.';

/** The source of operational events: what config tells a tenant of its integrations. */
export const OPERATIONAL_SOURCE = 'hookstile:/config';

export const OPERATIONAL_EVENT_TYPES = [
  'hookstile.integration.failing',
  'hookstile.integration.disabled',
  'hookstile.integration.recovered',
] as const;
export type OperationalEventType = (typeof OPERATIONAL_EVENT_TYPES)[number];

export function isReservedType(type: string): boolean {
  return type.startsWith(RESERVED_TYPE_PREFIX);
}
