import type { IntegrationSettings } from '@hookstile/contracts';
import type { Upcasts } from '@hookstile/event-sourcing';
import type { IntegrationDomainEvent } from './integration.decider.js';

/** Of the profiles, before they had versions. */
const FIRST_PROFILE_VERSION = 1;

interface WithSettings {
  settings: IntegrationSettings;
}

/** 1 → 2: the first builds knew no versions of profiles, no settings of TLS and no limit of a rate. */
function withEverySetting(data: unknown): unknown {
  const { settings } = data as WithSettings;
  return {
    ...(data as object),
    settings: {
      profileVersion: FIRST_PROFILE_VERSION,
      rateLimit: null,
      ...settings,
      request: { tls: { verify: true }, ...settings.request },
    },
  };
}

/** How older forms of an integration's domain events are read; one that was released never changes. */
export const integrationUpcasts: Upcasts<IntegrationDomainEvent['type']> = {
  IntegrationCreated: [withEverySetting],
  IntegrationUpdated: [withEverySetting],
};
