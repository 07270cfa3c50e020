import type { IntegrationConfiguration } from '@hookstile/contracts';
import { type ConfigurationProjection, ProblemError } from '@hookstile/service-runtime';
import { BARRIER_WAIT_MAX_MS, UNKNOWN_RETRY_AFTER_S } from './intake.bounds.js';
import { caughtUpWithin } from './newest-configuration.js';

type Projection = Pick<ConfigurationProjection, 'integration' | 'catchUp' | 'checkHealth'>;

/**
 * The tenant's integration; one that is not known yet is waited for. Rejects with `not_found` for another tenant's, a
 * deleted one and none, which take equally long, and with `unavailable` where it cannot be known.
 */
export async function ownIntegration(
  projection: Projection,
  tenantId: string,
  id: string,
): Promise<IntegrationConfiguration> {
  return knownOwn(projection, tenantId, id) ?? newestOwnIntegration(projection, tenantId, id, BARRIER_WAIT_MAX_MS);
}

/** The same, as it is at least since the call, where that is known within the wait. */
export async function newestOwnIntegration(
  projection: Projection,
  tenantId: string,
  id: string,
  waitMaxMs: number,
): Promise<IntegrationConfiguration> {
  const caughtUp = await caughtUpWithin(projection, waitMaxMs);
  const found = knownOwn(projection, tenantId, id);
  if (found) return found;
  if (caughtUp) throw new ProblemError('not_found', 'no such integration');
  const options = { retryAfterSeconds: UNKNOWN_RETRY_AFTER_S };
  throw new ProblemError('unavailable', 'whether there is such an integration cannot be known at present', options);
}

function knownOwn(projection: Projection, tenantId: string, id: string): IntegrationConfiguration | null {
  const integration = projection.integration(id);
  return integration && !integration.deleted && integration.tenantId === tenantId ? integration : null;
}
