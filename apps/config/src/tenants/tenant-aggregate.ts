import { Plan } from '@hookstile/contracts';
import { Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { defineAggregate } from '../changes/aggregate.js';
import {
  type Tenant,
  type TenantCommand,
  type TenantDomainEvent,
  type TenantState,
  tenantDecider,
} from './tenant.decider.js';

export const TenantView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  plan: Plan,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Time,
  updatedAt: Time,
});
export type TenantView = Static<typeof TenantView>;

export function tenantView(id: string, { name, plan, version, createdAt, updatedAt }: Tenant): TenantView {
  return { id, name, plan, version, createdAt, updatedAt };
}

export const tenantAggregate = defineAggregate<TenantCommand, TenantDomainEvent, TenantState, Tenant>({
  name: 'tenant',
  kind: 'tenant',
  decider: tenantDecider,
  actions: {
    TenantCreated: 'tenant.created',
    TenantUpdated: 'tenant.updated',
    TenantDeleted: 'tenant.deleted',
  },
  isPresent: (state) => state.status !== 'absent',
  isDeleted: ({ status }) => status === 'deleted',
  tenantIdOf: (id) => id,
  nameOf: ({ name }) => name,
  view: tenantView,
  configuration: (id, { version, status, name, plan }, at) => ({
    kind: 'tenant',
    id,
    version,
    deleted: status === 'deleted',
    at,
    name,
    plan,
  }),
});
