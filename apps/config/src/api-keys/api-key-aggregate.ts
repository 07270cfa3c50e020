import { Role } from '@hookstile/contracts';
import { Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { defineAggregate } from '../changes/aggregate.js';
import {
  type ApiKey,
  type ApiKeyCommand,
  type ApiKeyDomainEvent,
  type ApiKeyState,
  apiKeyDecider,
} from './api-key.decider.js';

const members = { id: Type.String(), tenantId: Type.String(), name: Type.String(), role: Role, createdAt: Time };

export const ApiKeyView = Type.Object(members);
export type ApiKeyView = Static<typeof ApiKeyView>;

/** A key as it is answered to its creation, the only time its text is known. */
export const CreatedApiKey = Type.Object({ ...members, key: Type.String() });
export type CreatedApiKey = Static<typeof CreatedApiKey>;

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
