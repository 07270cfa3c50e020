import { type Decider, fold, Refusal } from '@hookstile/event-sourcing';
import { problemOf } from '@hookstile/service-runtime';
import { decisionRuleSettings, FIXED_NOW, integrationSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { type ApiKeyCommand, type ApiKeyDomainEvent, apiKeyDecider } from '../api-keys/api-key.decider.js';
import {
  type DecisionRuleCommand,
  type DecisionRuleDomainEvent,
  decisionRuleDecider,
} from '../decision-rules/decision-rule.decider.js';
import {
  type EventTypeCommand,
  type EventTypeDomainEvent,
  eventTypeDecider,
} from '../event-types/event-type.decider.js';
import {
  type IntegrationCommand,
  type IntegrationDomainEvent,
  integrationDecider,
} from '../integrations/integration.decider.js';
import { type TenantCommand, type TenantDomainEvent, tenantDecider } from '../tenants/tenant.decider.js';

/** What a command does: it is recorded as this domain event, does nothing, or is refused with this code. */
type Outcome<DomainEvent extends { type: string }> = DomainEvent['type'] | 'nothing' | `refused: ${string}`;

/** Every command against every state that it can meet; the compiler asks for each command of each decider. */
interface Table<Command extends { type: string }, DomainEvent extends { type: string }> {
  decider: Decider<Command, DomainEvent, unknown>;
  given: Record<string, DomainEvent[]>;
  commands: { [Type in Command['type']]: Extract<Command, { type: Type }> };
  outcomes: { [Type in Command['type']]: Record<string, Outcome<DomainEvent>> };
}

const at = FIXED_NOW;
const NOT_FOUND = 'refused: not_found';
const USED = 'refused: conflict';

function specify<Command extends { type: string }, DomainEvent extends { type: string }>(
  name: string,
  { decider, given, commands, outcomes }: Table<Command, DomainEvent>,
): void {
  const cases = Object.entries<Command>(commands).flatMap(([type, command]) =>
    Object.entries(given).map(([state, events]) => ({ type, command, state, events })),
  );
  const expected: Record<string, Record<string, string>> = outcomes;

  describe(`a command to ${name}`, () => {
    it.each(cases)('$type, where it is $state, does what the table says', ({ type, command, state, events }) => {
      expect(outcomeOf(decider, events, command)).toBe(expected[type]?.[state]);
    });
  });
}

function outcomeOf<Command, DomainEvent extends { type: string }>(
  decider: Decider<Command, DomainEvent, unknown>,
  events: DomainEvent[],
  command: Command,
): string {
  try {
    const decided = decider.decide(fold(decider, events), command);
    return decided.map(({ type }) => type).join(', ') || 'nothing';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(problemOf(error)?.code).toBe(error.code);
    // A sentence for its reader: it begins and ends like one, and says more than the code.
    expect(error.message).toMatch(/^[A-Z](?:\w|[ ,'])+\.$/);
    expect(error.message.split(' ').length).toBeGreaterThan(3);
    return `refused: ${error.code}`;
  }
}

const tenant = { name: 'Acme', plan: 'standard' } as const;
const tenantCreated: TenantDomainEvent = { type: 'TenantCreated', at, ...tenant };
specify<TenantCommand, TenantDomainEvent>('a tenant', {
  decider: tenantDecider,
  given: { absent: [], there: [tenantCreated], deleted: [tenantCreated, { type: 'TenantDeleted', at }] },
  commands: {
    create: { type: 'create', at, ...tenant },
    update: { type: 'update', at, ...tenant, plan: 'enterprise' },
    delete: { type: 'delete', at },
  },
  outcomes: {
    create: { absent: 'TenantCreated', there: USED, deleted: USED },
    update: { absent: NOT_FOUND, there: 'TenantUpdated', deleted: NOT_FOUND },
    delete: { absent: NOT_FOUND, there: 'TenantDeleted', deleted: 'nothing' },
  },
});

const key = { tenantId: 'ten_1', name: 'CI', role: 'editor', hash: 'ab' } as const;
const keyCreated: ApiKeyDomainEvent = { type: 'ApiKeyCreated', at, ...key };
specify<ApiKeyCommand, ApiKeyDomainEvent>('an API key', {
  decider: apiKeyDecider,
  given: { absent: [], there: [keyCreated], deleted: [keyCreated, { type: 'ApiKeyDeleted', at }] },
  commands: { create: { type: 'create', at, ...key }, delete: { type: 'delete', at } },
  outcomes: {
    create: { absent: 'ApiKeyCreated', there: USED, deleted: USED },
    delete: { absent: NOT_FOUND, there: 'ApiKeyDeleted', deleted: 'nothing' },
  },
});

const define: EventTypeCommand & { type: 'define' } = {
  type: 'define',
  at,
  tenantId: 'ten_1',
  eventType: 'device.seen',
  definition: { description: 'A device was seen.', schema: null, example: null },
};
const typeCreated: EventTypeDomainEvent = { ...define, type: 'EventTypeCreated' };
const otherwise: EventTypeDomainEvent = {
  type: 'EventTypeUpdated',
  at,
  definition: { ...define.definition, description: 'Otherwise.' },
};
specify<EventTypeCommand, EventTypeDomainEvent>('an event type', {
  decider: eventTypeDecider,
  given: {
    absent: [],
    'there as it is': [typeCreated],
    'there otherwise': [typeCreated, otherwise],
    deleted: [typeCreated, { type: 'EventTypeDeleted', at }],
  },
  commands: { define, delete: { type: 'delete', at } },
  outcomes: {
    define: {
      absent: 'EventTypeCreated',
      'there as it is': 'nothing',
      'there otherwise': 'EventTypeUpdated',
      deleted: 'EventTypeCreated',
    },
    delete: {
      absent: NOT_FOUND,
      'there as it is': 'EventTypeDeleted',
      'there otherwise': 'EventTypeDeleted',
      deleted: 'nothing',
    },
  },
});

const rule = { tenantId: 'ten_1', settings: decisionRuleSettings(), enabled: true };
const ruleCreated: DecisionRuleDomainEvent = { type: 'DecisionRuleCreated', at, ...rule };
specify<DecisionRuleCommand, DecisionRuleDomainEvent>('a decision rule', {
  decider: decisionRuleDecider,
  given: {
    absent: [],
    enabled: [ruleCreated],
    disabled: [ruleCreated, { type: 'DecisionRuleDisabled', at }],
    deleted: [ruleCreated, { type: 'DecisionRuleDeleted', at }],
  },
  commands: {
    create: { type: 'create', at, ...rule },
    update: { type: 'update', at, settings: decisionRuleSettings({ name: 'Renamed' }) },
    enable: { type: 'enable', at },
    disable: { type: 'disable', at },
    delete: { type: 'delete', at },
  },
  outcomes: {
    create: { absent: 'DecisionRuleCreated', enabled: USED, disabled: USED, deleted: USED },
    update: {
      absent: NOT_FOUND,
      enabled: 'DecisionRuleUpdated',
      disabled: 'DecisionRuleUpdated',
      deleted: NOT_FOUND,
    },
    enable: { absent: NOT_FOUND, enabled: 'nothing', disabled: 'DecisionRuleEnabled', deleted: NOT_FOUND },
    disable: { absent: NOT_FOUND, enabled: 'DecisionRuleDisabled', disabled: 'nothing', deleted: NOT_FOUND },
    delete: {
      absent: NOT_FOUND,
      enabled: 'DecisionRuleDeleted',
      disabled: 'DecisionRuleDeleted',
      deleted: 'nothing',
    },
  },
});

const secret = { keyId: 'k1', nonce: '', ciphertext: '', lastFour: '', updatedAt: at };
const { request } = integrationSettings();
const settings = integrationSettings({
  request: { ...request, sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret } },
});
const unsigned = integrationSettings({
  request: { ...request, sign: { scheme: 'none', algorithm: 'hmac-sha256', secret: null } },
});
const integrationCreated: IntegrationDomainEvent = {
  type: 'IntegrationCreated',
  at,
  tenantId: 'ten_1',
  settings,
  enabled: true,
};
const disabledBy = (reason: 'admin' | 'gone' | 'consecutive_failures' | 'plan'): IntegrationDomainEvent[] => [
  integrationCreated,
  { type: 'IntegrationDisabled', at, reason, note: null },
];
const USED_ID = { absent: 'IntegrationCreated', enabled: USED, disabled: USED, 'disabled by the plan': USED } as const;
specify<IntegrationCommand, IntegrationDomainEvent>('an integration', {
  decider: integrationDecider,
  given: {
    absent: [],
    enabled: [integrationCreated],
    'enabled and unsigned': [{ ...integrationCreated, settings: unsigned } as IntegrationDomainEvent],
    disabled: disabledBy('admin'),
    'disabled by the plan': disabledBy('plan'),
    'disabled by failures': disabledBy('consecutive_failures'),
    gone: disabledBy('gone'),
    deleted: [integrationCreated, { type: 'IntegrationDeleted', at }],
  },
  commands: {
    create: { type: 'create', at, tenantId: 'ten_1', settings, enabled: true },
    update: { type: 'update', at, settings: { ...settings, name: 'Renamed' } },
    enable: { type: 'enable', at, backlog: 'deliver', mayEnableAfterFailures: false },
    disable: { type: 'disable', at, reason: 'admin', note: null },
    'request-disable': { type: 'request-disable', at, enablement: 1, reason: 'gone' },
    'rotate-secret': { type: 'rotate-secret', at, secret, publicKey: null, previousUntil: null },
    delete: { type: 'delete', at },
  },
  outcomes: {
    create: {
      ...USED_ID,
      'enabled and unsigned': USED,
      'disabled by failures': USED,
      gone: USED,
      deleted: USED,
    },
    update: {
      absent: NOT_FOUND,
      enabled: 'IntegrationUpdated',
      'enabled and unsigned': 'IntegrationUpdated',
      disabled: 'IntegrationUpdated',
      'disabled by the plan': 'IntegrationUpdated',
      'disabled by failures': 'IntegrationUpdated',
      gone: 'IntegrationUpdated',
      deleted: NOT_FOUND,
    },
    enable: {
      absent: NOT_FOUND,
      enabled: 'nothing',
      'enabled and unsigned': 'nothing',
      disabled: 'IntegrationEnabled',
      'disabled by the plan': 'IntegrationEnabled',
      'disabled by failures': 'refused: forbidden',
      gone: 'refused: forbidden',
      deleted: NOT_FOUND,
    },
    disable: {
      absent: NOT_FOUND,
      enabled: 'IntegrationDisabled',
      'enabled and unsigned': 'IntegrationDisabled',
      disabled: 'nothing',
      'disabled by the plan': 'nothing',
      'disabled by failures': 'nothing',
      gone: 'nothing',
      deleted: NOT_FOUND,
    },
    'request-disable': {
      absent: 'nothing',
      enabled: 'IntegrationDisabled',
      'enabled and unsigned': 'IntegrationDisabled',
      disabled: 'nothing',
      'disabled by the plan': 'nothing',
      'disabled by failures': 'nothing',
      gone: 'nothing',
      deleted: 'nothing',
    },
    'rotate-secret': {
      absent: NOT_FOUND,
      enabled: 'IntegrationSecretRotated',
      'enabled and unsigned': 'refused: not_signed',
      disabled: 'IntegrationSecretRotated',
      'disabled by the plan': 'IntegrationSecretRotated',
      'disabled by failures': 'IntegrationSecretRotated',
      gone: 'IntegrationSecretRotated',
      deleted: NOT_FOUND,
    },
    delete: {
      absent: NOT_FOUND,
      enabled: 'IntegrationDeleted',
      'enabled and unsigned': 'IntegrationDeleted',
      disabled: 'IntegrationDeleted',
      'disabled by the plan': 'IntegrationDeleted',
      'disabled by failures': 'IntegrationDeleted',
      gone: 'IntegrationDeleted',
      deleted: 'nothing',
    },
  },
});
