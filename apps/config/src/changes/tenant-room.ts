import { ProblemError } from '@hookstile/service-runtime';

/** A tenant's integrations, rules, event types and keys as JSON. Every service keeps them in memory, at several bytes a byte. */
export const TENANT_CONFIGURATION_MAX_BYTES = 32 * 1024 * 1024;
/** What keeping a thing costs beside its JSON, so that a million small ones are not for free. */
export const THING_BYTES = 512;

/** How much larger a thing became, as JSON. */
export function growthOf(before: unknown, after: unknown): number {
  return Buffer.byteLength(JSON.stringify(after)) - Buffer.byteLength(JSON.stringify(before));
}

/** Throws `configuration_full` where a tenant's things, which have grown, take more than they may. */
export function checkRoom(takenBytes: number, maxBytes: number): void {
  if (takenBytes <= maxBytes) return;
  throw new ProblemError(
    'configuration_full',
    `All that the tenant has configured may take ${maxBytes} bytes, and would take ${takenBytes}.`,
  );
}
