import type { ListPosition } from '../read/list-page.js';
import { Narrowings } from '../read/list-paths.js';
import { ListReader } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import type { RecoveryListStore } from './recovery.store.js';
import { type FoundRecovery, RECOVERY_COLUMNS, recoveryRowOf } from './recovery-columns.js';

const TABLE: ListTable = { name: 'recoveries', columns: RECOVERY_COLUMNS, time: 'started_at', key: 'id' };

const positionOf = (found: FoundRecovery): ListPosition => ({ atMs: toMs(found.started_at), key: found.id });

/** The list as it is read from Postgres, also in a snapshot. There are few, for people start them. */
export function recoveryListOf(views: ViewReader): RecoveryListStore {
  const lists = new ListReader(views);
  return {
    list: async (tenantId, filters, page) => {
      const narrowing = new Narrowings()
        .byLooking('integration_id = ?', filters.integrationId)
        .byLooking('status = ?', filters.status);
      const question = { tenantId, span: {}, page, narrowingIn: () => narrowing };
      const { rows, stoppedAt } = await lists.read<FoundRecovery>(TABLE, question, positionOf);
      return { rows: rows.map(recoveryRowOf), stoppedAt };
    },
  };
}
