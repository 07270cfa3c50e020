import { noSuch } from '../changes/no-such.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { Integration, IntegrationState } from './integration.decider.js';

/** The tenant's integration; throws `not_found` for another tenant's, a deleted one and none. */
export function present(state: IntegrationState, tenantId: string): Integration {
  if (state.status === 'present' && state.tenantId === tenantId) return state;
  throw noSuch('integration');
}

/** The same, as the read model has it. */
export async function readPresent(
  readModels: Pick<ReadModelStore<unknown>, 'get'>,
  tenantId: string,
  id: string,
): Promise<Integration> {
  const row = await readModels.get(tenantId, 'integration', id);
  return present((row?.state as IntegrationState | undefined) ?? { status: 'absent', version: 0 }, tenantId);
}
