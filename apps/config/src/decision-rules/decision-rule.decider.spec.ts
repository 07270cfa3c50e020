import { fold, given } from '@hookstile/event-sourcing';
import { decisionRuleSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { type DecisionRuleDomainEvent, decisionRuleDecider } from './decision-rule.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const later = '2026-01-03T03:04:05.678Z';
const settings = decisionRuleSettings();
const renamed = decisionRuleSettings({ name: 'Renamed' });

const created: DecisionRuleDomainEvent = {
  type: 'DecisionRuleCreated',
  at,
  tenantId: 'ten_1',
  settings,
  enabled: true,
};
const updated: DecisionRuleDomainEvent = { type: 'DecisionRuleUpdated', at, settings: renamed };
const disabled: DecisionRuleDomainEvent = { type: 'DecisionRuleDisabled', at };
const enabled: DecisionRuleDomainEvent = { type: 'DecisionRuleEnabled', at };
const deleted: DecisionRuleDomainEvent = { type: 'DecisionRuleDeleted', at };

const spec = (...events: DecisionRuleDomainEvent[]) => given(decisionRuleDecider, events);

describe('creating a decision rule', () => {
  const create = { type: 'create', at, tenantId: 'ten_1', settings, enabled: true } as const;

  it('is recorded', () => {
    spec().when(create).expect([created]);
  });

  it('is refused for an id that was used', () => {
    spec(created).when(create).expectRefusal('conflict');
    spec(created, deleted).when(create).expectRefusal('conflict');
  });

  it('makes a rule that is enabled, or disabled where that is asked for', () => {
    const off = { ...created, enabled: false };
    expect(fold(decisionRuleDecider, [created])).toMatchObject({ status: 'present', version: 1, state: 'enabled' });
    expect(fold(decisionRuleDecider, [off])).toMatchObject({ version: 1, state: 'disabled' });
  });
});

describe('updating a decision rule', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'update', at, settings: renamed }).expect([updated]);
  });

  it('is refused where there is none', () => {
    spec().when({ type: 'update', at, settings: renamed }).expectRefusal('not_found');
    spec(created, deleted).when({ type: 'update', at, settings: renamed }).expectRefusal('not_found');
  });

  it('does nothing when the settings stay the same', () => {
    spec(created)
      .when({ type: 'update', at: later, settings: structuredClone(settings) })
      .expectNothing();
  });

  it('raises the version and says when', () => {
    const state = fold(decisionRuleDecider, [created, { ...updated, at: later }]);
    expect(state).toMatchObject({ version: 2, settings: renamed, createdAt: at, updatedAt: later });
  });
});

describe('enabling a decision rule', () => {
  it('is recorded', () => {
    spec(created, disabled).when({ type: 'enable', at }).expect([enabled]);
    expect(fold(decisionRuleDecider, [created, disabled, enabled])).toMatchObject({ version: 3, state: 'enabled' });
  });

  it('is refused where there is none', () => {
    spec().when({ type: 'enable', at }).expectRefusal('not_found');
    spec(created, disabled, deleted).when({ type: 'enable', at }).expectRefusal('not_found');
  });

  it('does nothing when it is enabled', () => {
    spec(created).when({ type: 'enable', at }).expectNothing();
  });
});

describe('disabling a decision rule', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'disable', at }).expect([disabled]);
    expect(fold(decisionRuleDecider, [created, disabled])).toMatchObject({ version: 2, state: 'disabled' });
  });

  it('is refused where there is none', () => {
    spec().when({ type: 'disable', at }).expectRefusal('not_found');
    spec(created, deleted).when({ type: 'disable', at }).expectRefusal('not_found');
  });

  it('does nothing when it is disabled', () => {
    spec(created, disabled).when({ type: 'disable', at }).expectNothing();
  });
});

describe('deleting a decision rule', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'delete', at }).expect([deleted]);
  });

  it('is refused where there never was one', () => {
    spec().when({ type: 'delete', at }).expectRefusal('not_found');
  });

  it('happens once', () => {
    spec(created, deleted).when({ type: 'delete', at }).expectNothing();
  });
});
