import type { DisabledReason, IntegrationSignal, OperationalEventType } from '@hookstile/contracts';
import type { Integration, IntegrationState } from '../integrations/integration.decider.js';

/** What changed about an integration, for those of the tenant's others that want to know. */
export interface IntegrationNotice {
  tenantId: string;
  type: OperationalEventType;
  /** Of the event. */
  id: string;
  integrationId: string;
  integrationName: string;
  state: Integration['state'];
  reason: 'push_failed' | 'push_succeeded' | 'enabled' | DisabledReason;
  /** Whose count of failures it shows. */
  enablement: number;
  version: number;
  at: string;
}

type Told = Pick<IntegrationNotice, 'type' | 'id' | 'reason' | 'at'>;

function noticeOf(integrationId: string, integration: Integration, told: Told): IntegrationNotice {
  const { tenantId, settings, state, enablement, version } = integration;
  return { tenantId, integrationId, integrationName: settings.name, state, enablement, version, ...told };
}

/** Of a domain event: the integration was disabled, whoever did it, or enabled again. */
export function noticeOfTransition(id: string, before: IntegrationState, after: IntegrationState) {
  if (before.status !== 'present' || after.status !== 'present' || before.state === after.state) return null;
  const { version, updatedAt: at, disabledReason } = after;
  if (after.state === 'enabled') {
    const eventId = `${id}.recovered.v${version}`;
    return noticeOf(id, after, { type: 'hookstile.integration.recovered', id: eventId, reason: 'enabled', at });
  }
  const eventId = `${id}.disabled.v${version}`;
  const reason = disabledReason ?? 'admin';
  return noticeOf(id, after, { type: 'hookstile.integration.disabled', id: eventId, reason, at });
}

/** Of a signal: a failure run began, or ended by a success. */
export function noticeOfRun(
  type: 'failing' | 'recovered',
  integration: Integration,
  { integrationId, enablement, sequence, at }: IntegrationSignal,
): IntegrationNotice {
  return noticeOf(integrationId, integration, {
    type: `hookstile.integration.${type}`,
    id: `${integrationId}.${type}.${enablement}.${sequence}`,
    reason: type === 'failing' ? 'push_failed' : 'push_succeeded',
    at,
  });
}
