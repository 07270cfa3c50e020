import { fold, given } from '@hookstile/event-sourcing';
import { describe, expect, it } from 'vitest';
import { type TenantDomainEvent, tenantDecider } from './tenant.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const later = '2026-01-03T03:04:05.678Z';
const created: TenantDomainEvent = { type: 'TenantCreated', at, name: 'Acme', plan: 'standard' };
const deleted: TenantDomainEvent = { type: 'TenantDeleted', at };

describe('a tenant', () => {
  it('is created under an id that was never used', () => {
    given(tenantDecider, []).when({ type: 'create', at, name: 'Acme', plan: 'standard' }).expect([created]);
  });

  it('is not created a second time, not even after it was deleted', () => {
    const again = { type: 'create', at, name: 'Acme', plan: 'standard' } as const;
    given(tenantDecider, [created]).when(again).expectRefusal('conflict');
    given(tenantDecider, [created, deleted]).when(again).expectRefusal('conflict');
  });

  it('is updated', () => {
    given(tenantDecider, [created])
      .when({ type: 'update', at: later, name: 'Acme', plan: 'enterprise' })
      .expect([{ type: 'TenantUpdated', at: later, name: 'Acme', plan: 'enterprise' }]);
  });

  it('is not updated once it is deleted', () => {
    const update = { type: 'update', at, name: 'Acme', plan: 'enterprise' } as const;
    given(tenantDecider, [created, deleted]).when(update).expectRefusal('not_found');
    given(tenantDecider, []).when(update).expectRefusal('not_found');
  });

  it('does not change when an update says what it is already', () => {
    given(tenantDecider, [created]).when({ type: 'update', at: later, name: 'Acme', plan: 'standard' }).expectNothing();
  });

  it('is deleted', () => {
    given(tenantDecider, [created]).when({ type: 'delete', at }).expect([deleted]);
  });

  it('is not deleted when it never was', () => {
    given(tenantDecider, []).when({ type: 'delete', at }).expectRefusal('not_found');
  });

  it('is deleted once', () => {
    given(tenantDecider, [created, deleted]).when({ type: 'delete', at: later }).expectNothing();
  });

  it('keeps its last name when it is deleted, and counts each domain event as a version', () => {
    expect(fold(tenantDecider, [created, deleted])).toMatchObject({ status: 'deleted', name: 'Acme', version: 2 });
  });
});
