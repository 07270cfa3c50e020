import { fold, given } from '@hookstile/event-sourcing';
import { integrationSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import {
  type Integration,
  type IntegrationCommand,
  type IntegrationDomainEvent,
  type IntegrationState,
  integrationDecider,
} from './integration.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const settings = integrationSettings();
const secret = { keyId: 'k1', nonce: '', ciphertext: '', lastFour: '', updatedAt: at };
const signed = integrationSettings({
  request: { ...settings.request, sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret } },
});

/** What can happen to an integration between the moment when a dispatcher asks to disable it and the one when that is decided. */
const MEANWHILE: Readonly<Record<string, IntegrationCommand>> = {
  renamed: { type: 'update', at, settings: { ...signed, name: 'Renamed' } },
  rotated: { type: 'rotate-secret', at, secret, publicKey: null, previousUntil: null },
  'disabled by an admin': { type: 'disable', at, reason: 'admin', note: null },
  'disabled by the plan': { type: 'disable', at, reason: 'plan', note: null },
  'disabled by another request': { type: 'request-disable', at, enablement: 1, reason: 'gone' },
  enabled: { type: 'enable', at, backlog: 'deliver', mayEnableAfterFailures: true },
  'enabled without its backlog': { type: 'enable', at, backlog: 'discard', mayEnableAfterFailures: true },
  deleted: { type: 'delete', at },
};
const LENGTH_MAX = 3;

const created: IntegrationDomainEvent = {
  type: 'IntegrationCreated',
  at,
  tenantId: 'ten_1',
  settings: signed,
  enabled: true,
};

/** Every order of up to three of them. */
function interleavings(length = LENGTH_MAX): string[][] {
  if (length === 0) return [[]];
  const shorter = interleavings(length - 1);
  const longest = shorter.filter((names) => names.length === length - 1);
  return [...shorter, ...longest.flatMap((names) => Object.keys(MEANWHILE).map((name) => [...names, name]))];
}

/** What becomes of a created integration; what is refused meanwhile, as a change of a deleted one, is left out. */
function eventsOf(names: readonly string[]): IntegrationDomainEvent[] {
  const events = [created];
  for (const name of names) {
    const command = MEANWHILE[name];
    if (!command) continue;
    try {
      events.push(...integrationDecider.decide(fold(integrationDecider, events), command));
    } catch {
      // Refused.
    }
  }
  return events;
}

const stateAfter = (events: readonly IntegrationDomainEvent[]): IntegrationState => fold(integrationDecider, events);
const request = { type: 'request-disable', at, enablement: 1, reason: 'consecutive_failures' } as const;
const disabled: IntegrationDomainEvent = {
  type: 'IntegrationDisabled',
  at,
  reason: 'consecutive_failures',
  note: null,
};

describe('a request to disable, whatever happened since it was made', () => {
  const all = interleavings();

  it('is looked at in every order of up to three things', () => {
    const count = Object.keys(MEANWHILE).length;
    expect(all).toHaveLength(1 + count + count ** 2 + count ** 3);
  });

  it('is accepted exactly where the integration is there, enabled, and was never enabled again', () => {
    for (const names of all) {
      const events = eventsOf(names);
      const enabledAgain = events.some(({ type }) => type === 'IntegrationEnabled');
      const isDeleted = events.some(({ type }) => type === 'IntegrationDeleted');
      const isDisabled = events.some(({ type }) => type === 'IntegrationDisabled');
      const decision = given(integrationDecider, events).when(request);
      if (enabledAgain || isDeleted || isDisabled) decision.expectNothing();
      else decision.expect([disabled]);
    }
  });

  it('is decided alike when it comes again, and one made after the enabling is accepted', () => {
    for (const names of all) {
      const events = eventsOf(names);
      const decided = integrationDecider.decide(stateAfter(events), request);
      given(integrationDecider, [...events, ...decided])
        .when(request)
        .expectNothing();
      const state = stateAfter(events) as Integration;
      const current = { ...request, enablement: state.enablement };
      const isOpen = state.status === 'present' && state.state === 'enabled';
      if (isOpen) given(integrationDecider, events).when(current).expect([disabled]);
    }
  });
});
