import { defineAggregate } from '../changes/aggregate.js';
import { noticeOfTransition } from '../operational-events/integration-notice.js';
import {
  type Integration,
  type IntegrationCommand,
  type IntegrationDomainEvent,
  type IntegrationState,
  integrationDecider,
} from './integration.decider.js';
import { integrationUpcasts } from './integration-upcasts.js';
import { integrationView } from './integration-view.js';

/**
 * What a deleted integration's configuration still says: every service keeps it for ever, so that its secrets are gone from
 * it, and whatever may be large.
 */
function configuredSettings({ status, settings }: Integration): Integration['settings'] {
  if (status === 'present') return settings;
  const { filter: _, ...others } = settings;
  const { request } = others;
  return {
    ...others,
    eventTypes: [],
    request: {
      ...request,
      body: { format: 'standard' },
      headers: {},
      auth: { type: 'none' },
      sign: { scheme: request.sign.scheme, algorithm: request.sign.algorithm, secret: null },
      tls: { verify: request.tls?.verify ?? true },
    },
  };
}

export const integrationAggregate = defineAggregate<
  IntegrationCommand,
  IntegrationDomainEvent,
  IntegrationState,
  Integration
>({
  name: 'integration',
  kind: 'integration',
  decider: integrationDecider,
  actions: {
    IntegrationCreated: 'integration.created',
    IntegrationUpdated: 'integration.updated',
    IntegrationEnabled: 'integration.enabled',
    IntegrationDisabled: 'integration.disabled',
    IntegrationSecretRotated: 'integration.secret_rotated',
    IntegrationDeleted: 'integration.deleted',
  },
  upcasts: integrationUpcasts,
  isPresent: (state) => state.status !== 'absent',
  isDeleted: ({ status }) => status === 'deleted',
  tenantIdOf: (_id, { tenantId }) => tenantId,
  nameOf: ({ settings }) => settings.name,
  view: (id, integration) => integrationView(id, integration, 0),
  noticeOf: noticeOfTransition,
  configuration: (id, integration, at) => ({
    kind: 'integration',
    id,
    version: integration.version,
    deleted: integration.status === 'deleted',
    at,
    tenantId: integration.tenantId,
    enablement: integration.enablement,
    state: integration.state,
    disabledReason: integration.disabledReason,
    discardBefore: integration.discardBefore,
    settings: configuredSettings(integration),
  }),
});
