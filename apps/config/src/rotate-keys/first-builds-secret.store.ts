import type { RingKeyUse } from '../tenant-keys/tenant-key.store.js';

export type KindWithSecrets = 'integration' | 'decision-rule';

export interface ThingWithSecrets {
  kind: KindWithSecrets;
  id: string;
  tenantId: string;
}

/** Where secrets of the first builds stand, which are under a key of the ring itself; not those of deleted things. */
export interface FirstBuildsSecretStore {
  /** Sorted by id, behind `after`. */
  things(kind: KindWithSecrets, after: string, limit: number): Promise<ThingWithSecrets[]>;
  /** How many secrets stand under which key of the ring. */
  uses(): Promise<RingKeyUse[]>;
}
