import { fold, given } from '@hookstile/event-sourcing';
import { describe, expect, it } from 'vitest';
import { type ApiKeyDomainEvent, apiKeyDecider } from './api-key.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const key = { tenantId: 'ten_1', name: 'CI', role: 'editor', hash: 'ab' } as const;
const created: ApiKeyDomainEvent = { type: 'ApiKeyCreated', at, ...key };
const deleted: ApiKeyDomainEvent = { type: 'ApiKeyDeleted', at };

describe('an API key', () => {
  it('is created', () => {
    given(apiKeyDecider, [])
      .when({ type: 'create', at, ...key })
      .expect([created]);
  });

  it('is not created under an id that was used', () => {
    given(apiKeyDecider, [created])
      .when({ type: 'create', at, ...key })
      .expectRefusal('conflict');
    given(apiKeyDecider, [created, deleted])
      .when({ type: 'create', at, ...key })
      .expectRefusal('conflict');
  });

  it('is deleted', () => {
    given(apiKeyDecider, [created]).when({ type: 'delete', at }).expect([deleted]);
  });

  it('is not deleted when it never was', () => {
    given(apiKeyDecider, []).when({ type: 'delete', at }).expectRefusal('not_found');
  });

  it('is deleted once', () => {
    given(apiKeyDecider, [created, deleted]).when({ type: 'delete', at }).expectNothing();
  });

  it('keeps its hash when it is deleted, so that its last record can say which key died', () => {
    expect(fold(apiKeyDecider, [created, deleted])).toMatchObject({ status: 'deleted', hash: 'ab', version: 2 });
  });
});
