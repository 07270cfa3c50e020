import type { Plan } from '@hookstile/contracts';
import { ProblemError } from '@hookstile/service-runtime';
import type { Change } from '../changes/changes.js';
import type { IntegrationProfile } from '../profiles/profile-schema.js';

/** Whether integrations with the profile may be enabled under the plan. */
export function isInPlan({ requires }: IntegrationProfile, plan: Plan): boolean {
  return requires.plan === null || requires.plan === plan;
}

/** Throws `plan_required` where the tenant's plan lacks the profile. */
export function requirePlan(profile: IntegrationProfile, plan: Plan): void {
  if (isInPlan(profile, plan)) return;
  throw new ProblemError(
    'plan_required',
    `The profile "${profile.name}" needs the plan "${profile.requires.plan}"; the tenant has "${plan}".`,
  );
}

/**
 * Throws `endpoint_exists` where the tenant has another integration with a profile that allows one. Who asks at the same
 * time waits until this transaction has ended, and then sees what it made.
 */
export async function claimEndpoint(
  change: Change,
  tenantId: string,
  { name, singleEndpoint }: IntegrationProfile,
): Promise<void> {
  if (!singleEndpoint) return;
  await change.holdEndpoint(tenantId, name);
  const [existing] = await change.integrationsWithProfiles(tenantId, [name]);
  if (existing === undefined) return;
  throw new ProblemError(
    'endpoint_exists',
    `The profile "${name}" has a single endpoint a tenant, and ${existing} is that.`,
  );
}
