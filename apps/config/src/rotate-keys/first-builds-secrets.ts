import { quoted } from '@hookstile/event-store';
import type { DataSource } from 'typeorm';
import type { RingKeyUse } from '../tenant-keys/tenant-key.store.js';

export type KindWithSecrets = 'integration' | 'decision-rule';

export interface ThingWithSecrets {
  kind: KindWithSecrets;
  id: string;
  tenantId: string;
}

const TABLES: Readonly<Record<KindWithSecrets, string>> = {
  integration: 'integrations',
  'decision-rule': 'decision_rules',
};

/** A sealed secret without a data key, wherever it stands in the state. */
const OF_FIRST_BUILDS = '$.** ? (exists(@.ciphertext) && exists(@.lastFour) && !exists(@.dataKey))';

/** Where secrets of the first builds stand, which are under a key of the ring itself; not those of deleted things. */
export class FirstBuildsSecrets {
  private readonly schema: string;

  constructor(
    private readonly dataSource: DataSource,
    schema: string,
  ) {
    this.schema = quoted(schema);
  }

  /** Sorted by id, behind `after`. */
  async things(kind: KindWithSecrets, after: string, limit: number): Promise<ThingWithSecrets[]> {
    const rows: { id: string; tenant_id: string }[] = await this.dataSource.query(
      `SELECT id, tenant_id FROM ${this.schema}.${TABLES[kind]}
       WHERE NOT deleted AND id > $1 AND jsonb_path_exists(state, 'strict ${OF_FIRST_BUILDS}')
       ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id, tenant_id: tenantId }) => ({ kind, id, tenantId }));
  }

  /** How many secrets stand under which key of the ring. */
  async uses(): Promise<RingKeyUse[]> {
    const secrets = Object.values(TABLES).map(
      (table) =>
        `SELECT jsonb_path_query(state, 'strict ${OF_FIRST_BUILDS}')->>'keyId' AS key_id
         FROM ${this.schema}.${table} WHERE NOT deleted`,
    );
    const rows: { key_id: string; count: string }[] = await this.dataSource.query(
      `SELECT key_id, count(*) AS count FROM (${secrets.join(' UNION ALL ')}) AS secrets GROUP BY key_id ORDER BY key_id`,
    );
    return rows.map(({ key_id: keyId, count }) => ({ keyId, count: Number(count) }));
  }
}
