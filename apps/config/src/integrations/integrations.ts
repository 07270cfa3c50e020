import { newId, type Plan, secretOwner } from '@hookstile/contracts';
import {
  type Clock,
  type Principal,
  parseBody,
  parseOptionalBody,
  type RandomBytes,
  type TenantSecrets,
  tenantOf,
} from '@hookstile/service-runtime';
import type { Change, Changes } from '../changes/changes.js';
import type { Origin } from '../changes/origin.js';
import { growthOf } from '../changes/tenant-room.js';
import { requireIfMatch } from '../input/if-match.js';
import { InputErrors } from '../input/input-errors.js';
import { type Page, readPage } from '../input/page.js';
import type { ProfileCatalog } from '../profiles/profile-catalog.js';
import type { IntegrationProfile } from '../profiles/profile-schema.js';
import type { FailureCount, ReadModelStore } from '../read-models/read-model.store.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import type { Integration, IntegrationCommand, IntegrationState } from './integration.decider.js';
import { DisableDto, EnableDto, IntegrationDto, RotateSecretDto } from './integration.dto.js';
import { integrationAggregate } from './integration-aggregate.js';
import { patchIntegration } from './integration-patch.js';
import { makeSettings, type SettingsContext } from './integration-settings.js';
import { type IntegrationView, integrationDocument, integrationView } from './integration-view.js';
import { present, readPresent } from './present-integration.js';
import { changesProfile, withoutProfile } from './profile-change.js';
import { claimEndpoint, requirePlan } from './profile-rules.js';
import { newSigningSecret } from './sign-settings.js';

export const INTEGRATION_ID_RANDOM_BYTES = 10;
const OVERLAP_DEFAULT_SECONDS = 86_400;
const MS_PER_SECOND = 1_000;

/** Who asks: a tenant, whether it may enable again what failures had disabled, and what the audit log says of it. */
export interface Caller {
  tenantId: string;
  mayEnableAfterFailures: boolean;
  origin: Origin;
}

export function callerOf(principal: Principal, origin: Origin): Caller {
  const { role } = principal;
  return { tenantId: tenantOf(principal), mayEnableAfterFailures: role === 'admin' || role === 'platform', origin };
}

/** A member `enabled` behaves as enable and disable do; the backlog is delivered. */
export function switching(
  { mayEnableAfterFailures }: Caller,
  enabled: boolean | undefined,
  at: string,
): IntegrationCommand[] {
  if (enabled === undefined) return [];
  if (!enabled) return [{ type: 'disable', at, reason: 'admin', note: null }];
  return [{ type: 'enable', at, backlog: 'deliver', mayEnableAfterFailures }];
}

/** An integration, with its signing secret when that is new. */
export interface WrittenIntegration {
  integration: IntegrationView;
  newSigningSecret: string | null;
}

/** Failures of an enablement that is over count no more. */
function viewOf(id: string, integration: Integration, count: FailureCount | undefined): IntegrationView {
  const current = count?.enablement === integration.enablement ? count.consecutiveFailures : 0;
  return integrationView(id, integration, current);
}

/** What can be done with integrations. */
export class Integrations {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly profiles: ProfileCatalog,
    private readonly clock: Clock,
    private readonly randomBytes: RandomBytes,
  ) {}

  async create({ tenantId, origin }: Caller, body: unknown): Promise<WrittenIntegration> {
    const input = parseBody(IntegrationDto, body);
    const id = newId('int', this.clock.nowMs(), this.randomBytes(INTEGRATION_ID_RANDOM_BYTES));
    const { state, newSigningSecret } = await this.changes.run(origin, async (change) => {
      const { plan } = await change.holdTenant(tenantId);
      const secrets = await change.secretsOf(tenantId);
      const made = makeSettings(input, this.settingsContext(id, null, secrets));
      const { settings, profile } = made;
      requirePlan(profile, plan);
      await claimEndpoint(change, tenantId, profile);
      const integration = change.begin(integrationAggregate, id);
      const enabled = input.enabled ?? true;
      const state = await integration.execute({ type: 'create', at: this.now(), tenantId, settings, enabled });
      change.requireRoom(tenantId, growthOf(null, settings));
      return { state, newSigningSecret: made.newSigningSecret };
    });
    return { integration: integrationView(id, present(state, tenantId), 0), newSigningSecret };
  }

  async get(tenantId: string, id: string): Promise<IntegrationView> {
    const integration = await readPresent(this.readModels, tenantId, id);
    return viewOf(id, integration, (await this.readModels.failuresOf(tenantId, [id])).get(id));
  }

  async list(tenantId: string, query: unknown): Promise<Page<IntegrationView>> {
    const page = await readPage(query, (bounds) => this.readModels.list(tenantId, 'integration', bounds));
    const ids = page.items.map(({ id }) => id);
    const failures = await this.readModels.failuresOf(tenantId, ids);
    const items = page.items.map(({ id, state }) => viewOf(id, state as Integration, failures.get(id)));
    return { ...page, items };
  }

  async patch(caller: Caller, id: string, ifMatch: string | undefined, body: unknown): Promise<WrittenIntegration> {
    return this.changeOne(caller, id, async ({ change, current, plan }, execute) => {
      requireIfMatch(ifMatch, current.version);
      const input = parseBody(IntegrationDto, patchIntegration(this.documentFor(current, body), body));
      const secrets = await change.secretsOf(caller.tenantId);
      const made = makeSettings(input, this.settingsContext(id, current.settings, secrets));
      const { settings, profile, newSigningSecret } = made;
      requirePlan(profile, plan);
      if (profile.name !== current.settings.profile) await claimEndpoint(change, caller.tenantId, profile);
      const state = await execute(
        { type: 'update', at: this.now(), settings },
        ...switching(caller, input.enabled, this.now()),
      );
      change.requireRoom(caller.tenantId, growthOf(current.settings, settings));
      return { state, newSigningSecret };
    });
  }

  async enable(caller: Caller, id: string, body: unknown): Promise<IntegrationView> {
    const { backlog = 'deliver' } = parseOptionalBody(EnableDto, body);
    const { mayEnableAfterFailures } = caller;
    const written = await this.changeOne(caller, id, async ({ current, plan }, execute) => {
      requirePlan(this.profileOf(current), plan);
      const state = await execute({ type: 'enable', at: this.now(), backlog, mayEnableAfterFailures });
      return { state, newSigningSecret: null };
    });
    return written.integration;
  }

  async disable(caller: Caller, id: string, body: unknown): Promise<IntegrationView> {
    const { reason } = parseOptionalBody(DisableDto, body);
    const written = await this.changeOne(caller, id, async (_target, execute) => ({
      state: await execute({ type: 'disable', at: this.now(), reason: 'admin', note: reason ?? null }),
      newSigningSecret: null,
    }));
    return written.integration;
  }

  /** A new signing secret, made here; the one before signs as well while they overlap. */
  async rotateSecret(caller: Caller, id: string, body: unknown): Promise<WrittenIntegration> {
    return this.changeOne(caller, id, async ({ change, current }, execute) => {
      const { overlapSeconds = OVERLAP_DEFAULT_SECONDS } = parseOptionalBody(RotateSecretDto, body);
      const secrets = await change.secretsOf(caller.tenantId);
      const owner = secretOwner('integration', id);
      const sealer = new SecretSealer(secrets, owner, this.clock.nowMs(), new InputErrors());
      const made = newSigningSecret(current.settings.request.sign, sealer, this.randomBytes);
      const { secret, publicKey, shown } = made;
      const untilMs = this.clock.nowMs() + overlapSeconds * MS_PER_SECOND;
      const previousUntil = overlapSeconds === 0 ? null : new Date(untilMs).toISOString();
      const state = await execute({ type: 'rotate-secret', at: this.now(), secret, publicKey, previousUntil });
      return { state, newSigningSecret: shown };
    });
  }

  async delete({ tenantId, origin }: Caller, id: string, ifMatch: string | undefined): Promise<void> {
    await this.changes.run(origin, async (change) => {
      const { integration } = await this.loadPresent(change, tenantId, id);
      requireIfMatch(ifMatch, present(integration.state, tenantId).version);
      await integration.execute({ type: 'delete', at: this.now() });
    });
  }

  private async changeOne(
    { tenantId, origin }: Caller,
    id: string,
    work: (
      target: { change: Change; current: Integration; plan: Plan },
      execute: (...commands: IntegrationCommand[]) => Promise<IntegrationState>,
    ) => Promise<{ state: IntegrationState; newSigningSecret: string | null }>,
  ): Promise<WrittenIntegration> {
    return this.changes.run(origin, async (change) => {
      const { integration, plan } = await this.loadPresent(change, tenantId, id);
      const target = { change, current: present(integration.state, tenantId), plan };
      const { state, newSigningSecret } = await work(target, (...commands) => integration.execute(...commands));
      return {
        integration: viewOf(id, present(state, tenantId), await change.failuresOf(tenantId, id)),
        newSigningSecret,
      };
    });
  }

  private async loadPresent(change: Change, tenantId: string, id: string) {
    const { plan } = await change.holdTenant(tenantId);
    const integration = await change.loadOf(tenantId, integrationAggregate, id);
    present(integration.state, tenantId);
    return { integration, plan };
  }

  /** What a patch is merged into: where it asks for another profile, that fills what the old one had filled. */
  private documentFor(current: Integration, patch: unknown): object {
    const document = integrationDocument(current);
    return changesProfile(document, patch) ? withoutProfile(document, this.profileOf(current).settings) : document;
  }

  private profileOf({ settings: { profile, profileVersion } }: Integration): IntegrationProfile {
    return this.profiles.ofIntegration(profile, profileVersion);
  }

  private settingsContext(
    integrationId: string,
    current: Integration['settings'] | null,
    secrets: TenantSecrets,
  ): SettingsContext {
    const { profiles, randomBytes } = this;
    return { integrationId, current, profiles, secrets, randomBytes, nowMs: this.clock.nowMs() };
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
