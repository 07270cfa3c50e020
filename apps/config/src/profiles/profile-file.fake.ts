import { BUILT_IN_PROFILES, PROFILE_FILES } from './built-in-profiles.js';
import { DEFAULT_PROFILE, ProfileCatalog } from './profile-catalog.js';
import type { IntegrationProfile } from './profile-schema.js';

type Overrides = Partial<Omit<IntegrationProfile, 'settings'>> & { settings?: Partial<IntegrationProfile['settings']> };

/** A profile like the default one, under another name. */
export function profileFile({ settings, ...overrides }: Overrides = {}): IntegrationProfile {
  const like = BUILT_IN_PROFILES.ofIntegration(DEFAULT_PROFILE);
  return { ...like, name: 'test', ...overrides, settings: { ...like.settings, ...settings } };
}

/** The built-in profiles and those of a later release. */
export function catalogWith(...files: IntegrationProfile[]): ProfileCatalog {
  return new ProfileCatalog([...PROFILE_FILES, ...files]);
}
