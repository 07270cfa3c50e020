import { isDeepStrictEqual } from 'node:util';
import type { DecisionRuleSettings } from '@hookstile/contracts';
import { type Decider, Refusal } from '@hookstile/event-sourcing';

export interface DecisionRule {
  status: 'present' | 'deleted';
  version: number;
  tenantId: string;
  settings: DecisionRuleSettings;
  state: 'enabled' | 'disabled';
  createdAt: string;
  updatedAt: string;
}

export type DecisionRuleState = { status: 'absent'; version: 0 } | DecisionRule;

export type DecisionRuleCommand =
  | { type: 'create'; at: string; tenantId: string; settings: DecisionRuleSettings; enabled: boolean }
  | { type: 'update'; at: string; settings: DecisionRuleSettings }
  | { type: 'enable'; at: string }
  | { type: 'disable'; at: string }
  | { type: 'delete'; at: string };

export type DecisionRuleDomainEvent =
  | { type: 'DecisionRuleCreated'; at: string; tenantId: string; settings: DecisionRuleSettings; enabled: boolean }
  | { type: 'DecisionRuleUpdated'; at: string; settings: DecisionRuleSettings }
  | { type: 'DecisionRuleEnabled'; at: string }
  | { type: 'DecisionRuleDisabled'; at: string }
  | { type: 'DecisionRuleDeleted'; at: string };

export const decisionRuleDecider: Decider<DecisionRuleCommand, DecisionRuleDomainEvent, DecisionRuleState> = {
  initialState: { status: 'absent', version: 0 },
  decide(state, command) {
    if (command.type === 'create') return create(state, command);
    if (state.status === 'absent') throw new Refusal('not_found', 'There is no such decision rule.');
    if (command.type === 'delete') {
      return state.status === 'deleted' ? [] : [{ type: 'DecisionRuleDeleted', at: command.at }];
    }
    if (state.status === 'deleted') throw new Refusal('not_found', 'The decision rule was deleted.');
    switch (command.type) {
      case 'update':
        return update(state, command);
      case 'enable':
        return state.state === 'enabled' ? [] : [{ type: 'DecisionRuleEnabled', at: command.at }];
      case 'disable':
        return state.state === 'disabled' ? [] : [{ type: 'DecisionRuleDisabled', at: command.at }];
    }
  },
  evolve,
};

type Of<Type extends DecisionRuleCommand['type']> = Extract<DecisionRuleCommand, { type: Type }>;

function create(state: DecisionRuleState, command: Of<'create'>): DecisionRuleDomainEvent[] {
  if (state.status !== 'absent') throw new Refusal('conflict', 'A decision rule with this id exists or existed.');
  return [{ ...command, type: 'DecisionRuleCreated' }];
}

function update(state: DecisionRule, { at, settings }: Of<'update'>): DecisionRuleDomainEvent[] {
  return isDeepStrictEqual(state.settings, settings) ? [] : [{ type: 'DecisionRuleUpdated', at, settings }];
}

function evolve(state: DecisionRuleState, event: DecisionRuleDomainEvent): DecisionRuleState {
  if (event.type === 'DecisionRuleCreated') return created(event);
  if (state.status === 'absent') return state;
  const next: DecisionRule = { ...state, version: state.version + 1, updatedAt: event.at };
  switch (event.type) {
    case 'DecisionRuleUpdated':
      return { ...next, settings: event.settings };
    case 'DecisionRuleEnabled':
      return { ...next, state: 'enabled' };
    case 'DecisionRuleDisabled':
      return { ...next, state: 'disabled' };
    case 'DecisionRuleDeleted':
      return { ...next, status: 'deleted' };
  }
}

function created(event: Extract<DecisionRuleDomainEvent, { type: 'DecisionRuleCreated' }>): DecisionRule {
  return {
    status: 'present',
    version: 1,
    tenantId: event.tenantId,
    settings: event.settings,
    state: event.enabled ? 'enabled' : 'disabled',
    createdAt: event.at,
    updatedAt: event.at,
  };
}
