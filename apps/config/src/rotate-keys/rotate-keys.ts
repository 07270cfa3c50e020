import { secretOwner } from '@hookstile/contracts';
import { type KeyRing, KeyRingError, ProblemError } from '@hookstile/service-runtime';
import type { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { decisionRuleAggregate } from '../decision-rules/decision-rule-aggregate.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import type { TenantKeyStore } from '../tenant-keys/tenant-key.store.js';
import type { FirstBuildsSecrets, KindWithSecrets, ThingWithSecrets } from './first-builds-secrets.js';
import { resealed } from './resealed.js';
import { TENANT_KEYS_BATCH_MAX, THINGS_AT_A_TIME, THINGS_PAGE_MAX } from './rotation.bounds.js';

export interface RotationParts<Handle> {
  changes: Changes<Handle>;
  tenantKeys: Pick<TenantKeyStore<unknown>, 'uses'>;
  firstBuilds: FirstBuildsSecrets;
  ring: KeyRing;
  nowMs(): number;
}

/** How much of what is stored stands under a key of the ring. */
export interface KeyUse {
  keyId: string;
  tenantKeys: number;
  firstBuildsSecrets: number;
}

export interface Rotated {
  currentId: string;
  /** Wrapped anew in this run. */
  tenantKeys: number;
  /** Things whose secrets were sealed anew in this run. */
  things: number;
  /** What could not be opened, such as `tenant:ten_1`. */
  unreadable: readonly string[];
  /** What stands under which key now. */
  uses: readonly KeyUse[];
}

/**
 * Wraps every tenant's key under the ring's first key, beside running services, and seals what the first builds sealed.
 * What is done is seen from the data: it can be ended at any moment and run again.
 */
export async function rotateKeys<Handle>(parts: RotationParts<Handle>): Promise<Rotated> {
  const unreadable: string[] = [];
  const tenantKeys = await rewrapAll(parts, unreadable);
  let things = 0;
  for (const kind of ['integration', 'decision-rule'] as const) things += await resealAll(parts, kind, unreadable);
  return { currentId: parts.ring.currentId, tenantKeys, things, unreadable, uses: await usesOf(parts) };
}

async function rewrapAll<Handle>({ changes }: RotationParts<Handle>, unreadable: string[]): Promise<number> {
  let after = '';
  let count = 0;
  for (;;) {
    const batch = await changes.run(SYSTEM_ORIGIN, (change) => change.rewrapTenantKeys(after, TENANT_KEYS_BATCH_MAX));
    count += batch.rewrapped;
    unreadable.push(...batch.unreadable.map((id) => `tenant:${id}`));
    if (batch.last === null) return count;
    after = batch.last;
  }
}

async function resealAll<Handle>(
  parts: RotationParts<Handle>,
  kind: KindWithSecrets,
  unreadable: string[],
): Promise<number> {
  let after = '';
  let count = 0;
  for (;;) {
    const page = await parts.firstBuilds.things(kind, after, THINGS_PAGE_MAX);
    for (let from = 0; from < page.length; from += THINGS_AT_A_TIME) {
      const some = page.slice(from, from + THINGS_AT_A_TIME);
      const outcomes = await Promise.all(some.map((thing) => reseal(parts, thing)));
      count += outcomes.filter((outcome) => outcome === 'sealed').length;
      unreadable.push(...some.filter((_, n) => outcomes[n] === 'unreadable').map(({ id }) => secretOwner(kind, id)));
    }
    const last = page.at(-1);
    if (!last || page.length < THINGS_PAGE_MAX) return count;
    after = last.id;
  }
}

/** `gone`: deleted meanwhile. */
async function reseal<Handle>(
  { changes, nowMs }: RotationParts<Handle>,
  { kind, id, tenantId }: ThingWithSecrets,
): Promise<'sealed' | 'unreadable' | 'gone'> {
  const at = new Date(nowMs()).toISOString();
  const owner = secretOwner(kind, id);
  try {
    return await changes.run(SYSTEM_ORIGIN, async (change) => {
      await change.holdTenant(tenantId);
      const secrets = await change.secretsOf(tenantId);
      const again = <T>(settings: T): T => resealed(settings, secrets, owner);
      if (kind === 'integration') {
        const integration = await change.loadOfAny(integrationAggregate, id);
        if (integration.state.status !== 'present') return 'gone';
        await integration.execute({ type: 'update', at, settings: again(integration.state.settings) });
      } else {
        const rule = await change.loadOfAny(decisionRuleAggregate, id);
        if (rule.state.status !== 'present') return 'gone';
        await rule.execute({ type: 'update', at, settings: again(rule.state.settings) });
      }
      return 'sealed';
    });
  } catch (error) {
    if (error instanceof KeyRingError) return 'unreadable';
    if (error instanceof ProblemError && error.cause instanceof KeyRingError) return 'unreadable';
    if (error instanceof ProblemError && error.code === 'not_found') return 'gone';
    throw error;
  }
}

async function usesOf<Handle>({ tenantKeys, firstBuilds }: RotationParts<Handle>): Promise<KeyUse[]> {
  const uses = new Map<string, KeyUse>();
  const of = (keyId: string) => {
    const use = uses.get(keyId) ?? { keyId, tenantKeys: 0, firstBuildsSecrets: 0 };
    uses.set(keyId, use);
    return use;
  };
  for (const { keyId, count } of await tenantKeys.uses()) of(keyId).tenantKeys = count;
  for (const { keyId, count } of await firstBuilds.uses()) of(keyId).firstBuildsSecrets = count;
  return [...uses.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
}
