import { fold } from '@hookstile/event-sourcing';
import { FIXED_NOW, integrationSettings } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { type Integration, type IntegrationDomainEvent, integrationDecider } from './integration.decider.js';
import { integrationAggregate } from './integration-aggregate.js';

const at = FIXED_NOW;
const secret = { keyId: 'k1', nonce: '', ciphertext: 'sealed', lastFour: '', updatedAt: at };
const { request } = integrationSettings();
const settings = integrationSettings({
  request: {
    ...request,
    headers: { 'X-A': secret },
    auth: { type: 'bearer', token: secret },
    sign: {
      scheme: 'standard-webhooks',
      algorithm: 'ed25519',
      secret,
      publicKey: 'whpk_x',
      previous: { secret, publicKey: 'whpk_w', until: at },
    },
    tls: { verify: false, clientCertificate: 'PEM', clientKey: secret },
  },
});
const created: IntegrationDomainEvent = { type: 'IntegrationCreated', at, tenantId: 'ten_1', settings, enabled: true };
const configurationAfter = (...events: IntegrationDomainEvent[]) =>
  JSON.stringify(integrationAggregate.configuration('int_1', fold(integrationDecider, events) as Integration, at));

it('hands its secrets to the other services, sealed, until it is deleted', () => {
  expect(configurationAfter(created).split('sealed')).toHaveLength(6);
  expect(configurationAfter(created, { type: 'IntegrationDeleted', at })).not.toContain('sealed');
});
