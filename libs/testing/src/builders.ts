import {
  type DecisionRuleConfiguration,
  type DecisionRuleSettings,
  type Delivery,
  type DeliveryEnvelope,
  deliveryIdOf,
  type EventAttributes,
  type IntegrationConfiguration,
  type IntegrationSettings,
  type TenantKeyConfiguration,
  type WrappedKey,
} from '@hookstile/contracts';
import { FIXED_NOW } from './fixed-clock.js';

export function anEvent(overrides: Partial<EventAttributes> = {}): EventAttributes {
  return {
    tenantId: 'ten_1',
    source: '/devices',
    id: 'evt_1',
    type: 'device.compliant',
    subject: 'device-1',
    time: null,
    acceptedAt: FIXED_NOW,
    extensions: {},
    ...overrides,
  };
}

export interface DeliveryOverrides extends Partial<Omit<DeliveryEnvelope, 'event'>> {
  event?: Partial<EventAttributes>;
  data?: string | Buffer;
}

/** A delivery whose id follows from its event and integration, as the router makes it. */
export function aDelivery({ event: eventOverrides, data = '{"n":1}', ...overrides }: DeliveryOverrides = {}): Delivery {
  const event = anEvent(eventOverrides);
  const integrationId = overrides.integrationId ?? 'int_1';
  return {
    envelope: {
      deliveryId: deliveryIdOf(event.tenantId, event.source, event.id, integrationId),
      integrationId,
      integrationVersion: 1,
      event,
      trigger: 'event',
      sourcePartition: 0,
      sourceOffset: 0,
      routedAt: FIXED_NOW,
      traceparent: null,
      ...overrides,
    },
    bytes: Buffer.from(data),
  };
}

export function integrationSettings(overrides: Partial<IntegrationSettings> = {}): IntegrationSettings {
  return {
    name: 'SIEM',
    profile: 'standard-webhooks',
    url: 'https://example.com/hook',
    eventTypes: ['*'],
    request: {
      method: 'POST',
      headers: {},
      auth: { type: 'none' },
      body: { format: 'standard' },
      sign: { scheme: 'none', algorithm: 'hmac-sha256', secret: null },
      timeoutMs: 15_000,
    },
    ordering: { mode: 'strict' },
    batch: { maxItems: 1, maxWaitMs: 0 },
    retry: {
      delaysMs: [5_000, 300_000],
      onExhausted: 'continue',
      stopOn: [],
      disableOn: [410],
      retryAfterMaxMs: 3_600_000,
    },
    disableAfter: 100,
    disableAfterMs: 432_000_000,
    logPayloads: 'full',
    ...overrides,
  };
}

export interface IntegrationOverrides extends Partial<Omit<IntegrationConfiguration, 'settings' | 'kind'>> {
  settings?: Partial<IntegrationSettings>;
}

export function anIntegration({ settings, ...overrides }: IntegrationOverrides = {}): IntegrationConfiguration {
  return {
    kind: 'integration',
    id: 'int_1',
    version: 1,
    deleted: false,
    at: FIXED_NOW,
    tenantId: 'ten_1',
    enablement: 1,
    state: 'enabled',
    disabledReason: null,
    discardBefore: 0,
    settings: integrationSettings(settings),
    ...overrides,
  };
}

export function aTenantKey(
  tenantId: string,
  wrapped: WrappedKey | null,
  overrides: Partial<TenantKeyConfiguration> = {},
): TenantKeyConfiguration {
  const deleted = wrapped === null;
  return { kind: 'tenant-key', id: tenantId, version: 1, deleted, at: FIXED_NOW, tenantId, wrapped, ...overrides };
}

export function decisionRuleSettings(overrides: Partial<DecisionRuleSettings> = {}): DecisionRuleSettings {
  return {
    name: 'posture',
    method: 'POST',
    url: 'https://example.com/check',
    headers: {},
    auth: { type: 'none' },
    body: '{"user":"%username%"}',
    verification: 'json',
    match: 'first',
    responseActions: [{ type: 'allow', key: 'allowed', value: true }],
    onError: 'deny',
    timeoutMs: 5_000,
    cacheSeconds: 0,
    ...overrides,
  };
}

export interface DecisionRuleOverrides extends Partial<Omit<DecisionRuleConfiguration, 'settings' | 'kind'>> {
  settings?: Partial<DecisionRuleSettings>;
}

export function aDecisionRule({ settings, ...overrides }: DecisionRuleOverrides = {}): DecisionRuleConfiguration {
  return {
    kind: 'decision-rule',
    id: 'rul_1',
    version: 1,
    deleted: false,
    at: FIXED_NOW,
    tenantId: 'ten_1',
    state: 'enabled',
    settings: decisionRuleSettings(settings),
    ...overrides,
  };
}
