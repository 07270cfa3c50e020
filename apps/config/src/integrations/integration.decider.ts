import { isDeepStrictEqual } from 'node:util';
import type { DisabledReason, IntegrationSettings, SealedSecret, Signing } from '@hookstile/contracts';
import { type Decider, Refusal } from '@hookstile/event-sourcing';

export interface Integration {
  status: 'present' | 'deleted';
  version: number;
  tenantId: string;
  settings: IntegrationSettings;
  state: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  /** Why an admin disabled it, in the admin's words. */
  note: string | null;
  /** Raised by enabling only; a disable request counts when it names the current one. */
  enablement: number;
  /** Deliveries that were routed under a version below this one end as discarded. */
  discardBefore: number;
  createdAt: string;
  updatedAt: string;
}

export type IntegrationState = { status: 'absent'; version: 0 } | Integration;

export type Backlog = 'deliver' | 'discard';
export type RequestedReason = 'consecutive_failures' | 'gone';

export interface Rotation {
  /** The new signing secret, of the algorithm that the integration has. */
  secret: SealedSecret;
  /** Where the receiver has a public key instead of the secret. */
  publicKey: string | null;
  /** When the secret before ends to sign as well; null: at once. */
  previousUntil: string | null;
}

export type IntegrationCommand =
  | { type: 'create'; at: string; tenantId: string; settings: IntegrationSettings; enabled: boolean }
  | { type: 'update'; at: string; settings: IntegrationSettings }
  | { type: 'enable'; at: string; backlog: Backlog; mayEnableAfterFailures: boolean }
  | { type: 'disable'; at: string; reason: 'admin' | 'plan'; note: string | null }
  | { type: 'request-disable'; at: string; enablement: number; reason: RequestedReason }
  | ({ type: 'rotate-secret'; at: string } & Rotation)
  | { type: 'delete'; at: string };

export type IntegrationDomainEvent =
  | { type: 'IntegrationCreated'; at: string; tenantId: string; settings: IntegrationSettings; enabled: boolean }
  | { type: 'IntegrationUpdated'; at: string; settings: IntegrationSettings }
  | { type: 'IntegrationEnabled'; at: string; backlog: Backlog }
  | { type: 'IntegrationDisabled'; at: string; reason: DisabledReason; note: string | null }
  | ({ type: 'IntegrationSecretRotated'; at: string } & Rotation)
  | { type: 'IntegrationDeleted'; at: string };

const FIRST_ENABLEMENT = 1;

export const integrationDecider: Decider<IntegrationCommand, IntegrationDomainEvent, IntegrationState> = {
  initialState: { status: 'absent', version: 0 },
  decide(state, command) {
    if (command.type === 'create') return create(state, command);
    if (command.type === 'request-disable') return requestDisable(state, command);
    if (state.status === 'absent') throw new Refusal('not_found', 'There is no such integration.');
    if (command.type === 'delete')
      return state.status === 'deleted' ? [] : [{ type: 'IntegrationDeleted', at: command.at }];
    if (state.status === 'deleted') throw new Refusal('not_found', 'The integration was deleted.');
    if (command.type === 'update') return update(state, command);
    if (command.type === 'rotate-secret') return rotateSecret(state, command);
    return command.type === 'enable' ? enable(state, command) : disable(state, command);
  },
  evolve,
};

type Of<Type extends IntegrationCommand['type']> = Extract<IntegrationCommand, { type: Type }>;

function create(state: IntegrationState, command: Of<'create'>): IntegrationDomainEvent[] {
  if (state.status !== 'absent') throw new Refusal('conflict', 'An integration with this id exists or existed.');
  return [{ ...command, type: 'IntegrationCreated' }];
}

function update(state: Integration, { at, settings }: Of<'update'>): IntegrationDomainEvent[] {
  return isDeepStrictEqual(state.settings, settings) ? [] : [{ type: 'IntegrationUpdated', at, settings }];
}

function enable(state: Integration, command: Of<'enable'>): IntegrationDomainEvent[] {
  if (state.state === 'enabled') return [];
  if (stoppedByFailures(state) && !command.mayEnableAfterFailures) {
    throw new Refusal('forbidden', 'Only an admin may enable again what was disabled by failures.');
  }
  return [{ type: 'IntegrationEnabled', at: command.at, backlog: command.backlog }];
}

function disable(state: Integration, { at, reason, note }: Of<'disable'>): IntegrationDomainEvent[] {
  return state.state === 'disabled' ? [] : [{ type: 'IntegrationDisabled', at, reason, note }];
}

function rotateSecret({ settings: { request } }: Integration, command: Of<'rotate-secret'>): IntegrationDomainEvent[] {
  if (request.sign.secret) return [{ ...command, type: 'IntegrationSecretRotated' }];
  throw new Refusal('not_signed', 'The integration signs nothing, so that it has no signing secret to rotate.');
}

/**
 * Accepted exactly when the enablement that the dispatcher saw is current, whatever the version: a rename during the
 * round trip must not leave config saying enabled and the lane stopped. Anything else is stale, never an error, for a
 * signal cannot be answered.
 */
function requestDisable(state: IntegrationState, command: Of<'request-disable'>): IntegrationDomainEvent[] {
  if (state.status !== 'present' || state.state === 'disabled') return [];
  if (state.enablement !== command.enablement) return [];
  return [{ type: 'IntegrationDisabled', at: command.at, reason: command.reason, note: null }];
}

function stoppedByFailures({ disabledReason }: Integration): boolean {
  return disabledReason === 'consecutive_failures' || disabledReason === 'gone';
}

function evolve(state: IntegrationState, event: IntegrationDomainEvent): IntegrationState {
  if (event.type === 'IntegrationCreated') return created(event);
  if (state.status === 'absent') return state;
  const next: Integration = { ...state, version: state.version + 1, updatedAt: event.at };
  switch (event.type) {
    case 'IntegrationUpdated':
      return { ...next, settings: event.settings };
    case 'IntegrationSecretRotated':
      return { ...next, settings: withSigning(next.settings, rotated(next.settings.request.sign, event)) };
    case 'IntegrationEnabled':
      return enabled(next, event.backlog);
    case 'IntegrationDisabled':
      return { ...next, state: 'disabled', disabledReason: event.reason, note: event.note };
    case 'IntegrationDeleted':
      return { ...next, status: 'deleted' };
  }
}

function created(event: Extract<IntegrationDomainEvent, { type: 'IntegrationCreated' }>): Integration {
  return {
    status: 'present',
    version: 1,
    tenantId: event.tenantId,
    settings: event.settings,
    state: event.enabled ? 'enabled' : 'disabled',
    disabledReason: event.enabled ? null : 'admin',
    note: null,
    enablement: FIRST_ENABLEMENT,
    discardBefore: 0,
    createdAt: event.at,
    updatedAt: event.at,
  };
}

function withSigning(settings: IntegrationSettings, sign: Signing): IntegrationSettings {
  return { ...settings, request: { ...settings.request, sign } };
}

/** At most two secrets sign: one that was the former already ends now, whatever it had been given. */
function rotated(before: Signing, { secret, publicKey, previousUntil: until }: Rotation): Signing {
  const { scheme, algorithm } = before;
  const previous =
    until === null || before.secret === null
      ? {}
      : { previous: { secret: before.secret, ...publicKeyMember(before.publicKey), until } };
  return { scheme, algorithm, secret, ...publicKeyMember(publicKey ?? undefined), ...previous };
}

function publicKeyMember(publicKey: string | undefined): Pick<Signing, 'publicKey'> {
  return publicKey === undefined ? {} : { publicKey };
}

/** What was routed before this version was held while disabled; what is routed from it on is new. */
function enabled(next: Integration, backlog: Backlog): Integration {
  return {
    ...next,
    state: 'enabled',
    disabledReason: null,
    note: null,
    enablement: next.enablement + 1,
    discardBefore: backlog === 'discard' ? next.version : next.discardBefore,
  };
}
