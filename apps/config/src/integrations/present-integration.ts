import { ProblemError } from '@hookstile/service-runtime';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { Integration, IntegrationState } from './integration.decider.js';

/** The tenant's integration; throws `not_found` for another tenant's, a deleted one and none. */
export function present(state: IntegrationState, tenantId: string): Integration {
  if (state.status === 'present' && state.tenantId === tenantId) return state;
  throw new ProblemError('not_found', 'There is no such integration.');
}

/** The same, as the read model has it. */
export async function readPresent(
  readModels: Pick<ReadModelStore<unknown>, 'get'>,
  tenantId: string,
  id: string,
): Promise<Integration> {
  const row = await readModels.get('integration', id);
  return present((row?.state as IntegrationState | undefined) ?? { status: 'absent', version: 0 }, tenantId);
}
