import type { Role } from '@hookstile/contracts';
import { type Decider, Refusal } from '@hookstile/event-sourcing';

export interface ApiKey {
  status: 'active' | 'deleted';
  version: number;
  tenantId: string;
  name: string;
  role: Role;
  /** SHA-256 of the key, hex. */
  hash: string;
  createdAt: string;
}

export type ApiKeyState = { status: 'absent'; version: 0 } | ApiKey;

interface NewApiKey {
  tenantId: string;
  name: string;
  role: Role;
  hash: string;
}

export type ApiKeyCommand = ({ type: 'create'; at: string } & NewApiKey) | { type: 'delete'; at: string };

export type ApiKeyDomainEvent =
  | ({ type: 'ApiKeyCreated'; at: string } & NewApiKey)
  | { type: 'ApiKeyDeleted'; at: string };

export const apiKeyDecider: Decider<ApiKeyCommand, ApiKeyDomainEvent, ApiKeyState> = {
  initialState: { status: 'absent', version: 0 },
  decide(state, command) {
    if (command.type === 'create') {
      if (state.status !== 'absent') throw new Refusal('conflict', 'An API key with this id exists or existed.');
      return [{ ...command, type: 'ApiKeyCreated' }];
    }
    if (state.status === 'absent') throw new Refusal('not_found', 'There is no such API key.');
    return state.status === 'deleted' ? [] : [{ type: 'ApiKeyDeleted', at: command.at }];
  },
  evolve(state, event) {
    const version = state.version + 1;
    if (event.type === 'ApiKeyCreated') {
      const { type: _type, at, ...key } = event;
      return { status: 'active', version, ...key, createdAt: at };
    }
    return state.status === 'absent' ? state : { ...state, status: 'deleted', version };
  },
};
