import type { Role } from '@hookstile/contracts';
import { defineAggregate } from '../changes/aggregate.js';
import {
  type ApiKey,
  type ApiKeyCommand,
  type ApiKeyDomainEvent,
  type ApiKeyState,
  apiKeyDecider,
} from './api-key.decider.js';

export interface ApiKeyView {
  id: string;
  tenantId: string;
  name: string;
  role: Role;
  createdAt: string;
}

/** Neither the key, which is not stored, nor its hash. */
export function apiKeyView(id: string, { tenantId, name, role, createdAt }: ApiKey): ApiKeyView {
  return { id, tenantId, name, role, createdAt };
}

export const apiKeyAggregate = defineAggregate<ApiKeyCommand, ApiKeyDomainEvent, ApiKeyState, ApiKey>({
  name: 'api_key',
  kind: 'api-key',
  decider: apiKeyDecider,
  actions: { ApiKeyCreated: 'api_key.created', ApiKeyDeleted: 'api_key.deleted' },
  isPresent: (state) => state.status !== 'absent',
  isDeleted: ({ status }) => status === 'deleted',
  tenantIdOf: (_id, { tenantId }) => tenantId,
  nameOf: ({ name }) => name,
  hashOf: ({ hash }) => hash,
  view: apiKeyView,
  configuration: (id, { version, status, tenantId, name, role, hash }, at) => ({
    kind: 'api-key',
    id,
    version,
    deleted: status === 'deleted',
    at,
    tenantId,
    name,
    role,
    hash,
  }),
});
