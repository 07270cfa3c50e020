import type { Plan } from '@hookstile/contracts';
import { type Decider, Refusal } from '@hookstile/event-sourcing';

export interface Tenant {
  status: 'active' | 'deleted';
  version: number;
  name: string;
  plan: Plan;
  createdAt: string;
  updatedAt: string;
}

export type TenantState = { status: 'absent'; version: 0 } | Tenant;

export type TenantCommand =
  | { type: 'create'; at: string; name: string; plan: Plan }
  | { type: 'update'; at: string; name: string; plan: Plan }
  | { type: 'delete'; at: string };

export type TenantDomainEvent =
  | { type: 'TenantCreated'; at: string; name: string; plan: Plan }
  | { type: 'TenantUpdated'; at: string; name: string; plan: Plan }
  | { type: 'TenantDeleted'; at: string };

export const tenantDecider: Decider<TenantCommand, TenantDomainEvent, TenantState> = {
  initialState: { status: 'absent', version: 0 },
  decide(state, command) {
    if (command.type === 'create') return create(state, command);
    if (state.status === 'absent') throw new Refusal('not_found', 'There is no such tenant.');
    if (command.type === 'delete') return state.status === 'deleted' ? [] : [{ type: 'TenantDeleted', at: command.at }];
    return update(state, command);
  },
  evolve,
};

/** An id is used once: its records stay in the topics, so a second tenant must not be taken for the first. */
function create(state: TenantState, { at, name, plan }: TenantCommand & { type: 'create' }): TenantDomainEvent[] {
  if (state.status !== 'absent') throw new Refusal('conflict', 'A tenant with this id exists or existed.');
  return [{ type: 'TenantCreated', at, name, plan }];
}

function update(state: Tenant, { at, name, plan }: TenantCommand & { type: 'update' }): TenantDomainEvent[] {
  if (state.status === 'deleted') throw new Refusal('not_found', 'The tenant was deleted.');
  if (state.name === name && state.plan === plan) return [];
  return [{ type: 'TenantUpdated', at, name, plan }];
}

function evolve(state: TenantState, event: TenantDomainEvent): TenantState {
  const version = state.version + 1;
  if (event.type === 'TenantCreated') {
    const { at, name, plan } = event;
    return { status: 'active', version, name, plan, createdAt: at, updatedAt: at };
  }
  if (state.status === 'absent') return state;
  if (event.type === 'TenantDeleted') return { ...state, status: 'deleted', version, updatedAt: event.at };
  return { ...state, version, name: event.name, plan: event.plan, updatedAt: event.at };
}
