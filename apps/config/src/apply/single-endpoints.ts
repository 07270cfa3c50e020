import { ProblemError } from '@hookstile/service-runtime';
import type { IntegrationProfile } from '../profiles/profile-schema.js';

/** Throws `endpoint_exists` where a second item has a profile that allows one. Others are deleted: the list is all there is. */
export function checkSingleEndpoints(profiles: readonly IntegrationProfile[]): void {
  const first = new Map<string, number>();
  for (const [index, { name, singleEndpoint }] of profiles.entries()) {
    const other = first.get(name);
    if (other === undefined) first.set(name, index);
    else if (singleEndpoint) {
      const pointer = `/items/${index}/profile`;
      const detail = `The profile "${name}" has a single endpoint a tenant, and /items/${other} is that.`;
      throw new ProblemError('endpoint_exists', `${pointer}: ${detail}`, {
        errors: [{ pointer, code: 'endpoint_exists', detail }],
      });
    }
  }
}
