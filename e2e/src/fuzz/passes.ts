import type { Role } from './world.ts';

/** Who asks, how, and what they leave alone. */
export interface Pass {
  name: string;
  /** A role's key of the pass's own tenant, the platform key, or none. */
  key: Role | 'platform' | null;
  /** Whom the platform key asks for; by default the pass's own tenant. */
  tenantId?: string;
  phases: readonly string[];
  /** Whether parameters hold what gets through, or as often anything else. */
  parameters: 'known' | 'any';
  /** What the ids of its operations match. */
  only?: RegExp;
  /** What would take away the ground that the pass stands on. */
  without?: readonly string[];
}

const ALL_PHASES = ['examples', 'coverage', 'fuzzing', 'stateful'];
const DRAWN = ['fuzzing'];
const SETTINGS = /^(me|profiles|api-keys|event-types|integrations|decision-rules)\./;
const TRAFFIC =
  /^(events|lanes|deliveries|event-log|recoveries|decisions|audit-log|activity-log|stats|integrations\.test|decision-rules\.test)/;
const TENANTS = /^(tenants|api-keys)\./;

/**
 * The groups run one after another; the passes of a group run beside each other, each in a tenant of its own. Nobody
 * deletes the key that they ask with, and whoever deletes tenants comes last. A list that is applied deletes all else.
 */
export const GROUPS: readonly { share: number; passes: readonly Pass[] }[] = [
  {
    share: 0.66,
    passes: [
      {
        name: 'settings',
        key: 'admin',
        parameters: 'known',
        phases: ALL_PHASES,
        only: SETTINGS,
        without: ['api-keys.delete', 'integrations.apply'],
      },
      { name: 'traffic', key: 'admin', parameters: 'known', phases: ALL_PHASES, only: TRAFFIC },
      { name: 'apply', key: 'admin', parameters: 'known', phases: ALL_PHASES, only: /^integrations\.(apply|list)$/ },
    ],
  },
  {
    share: 0.14,
    passes: [
      { name: 'editor', key: 'editor', parameters: 'any', phases: DRAWN },
      { name: 'viewer', key: 'viewer', parameters: 'any', phases: DRAWN },
      { name: 'producer', key: 'producer', parameters: 'any', phases: DRAWN },
      { name: 'nobody', key: null, parameters: 'any', phases: DRAWN },
    ],
  },
  {
    share: 0.2,
    passes: [
      { name: 'platform', key: 'platform', parameters: 'known', phases: ALL_PHASES, only: TENANTS },
      {
        name: 'stranger',
        key: 'platform',
        tenantId: 'fuzz-unknown',
        parameters: 'any',
        phases: ['examples', ...DRAWN],
        without: ['tenants.delete'],
      },
    ],
  },
];
