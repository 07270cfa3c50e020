import { type IntegrationProfile, type Profile, profileOf } from './profile-schema.js';

/** The profile of an integration that names none. */
export const DEFAULT_PROFILE = 'standard-webhooks';

/** Of integrations that were made before their version was stored. */
export const FIRST_PROFILE_VERSION = 1;

/** Every profile in every version that there ever was: what an integration was made under stays known. */
export class ProfileCatalog {
  private readonly versions = new Map<string, Profile[]>();

  /** @param files one a version, in any order; throws where one is no profile, or is there twice */
  constructor(files: readonly unknown[]) {
    for (const file of files) this.add(profileOf(file));
    for (const versions of this.versions.values()) versions.sort((a, b) => b.version - a.version);
  }

  /** Each profile in its newest version, in the order of the files. */
  list(): Profile[] {
    return [...this.versions.values()].flatMap(([newest]) => newest ?? []);
  }

  newest(name: string): Profile | undefined {
    return this.versions.get(name)?.[0];
  }

  /**
   * The profile that an integration was made under. A version that is not known was written by a later release that
   * was taken back: the newest known one stands in.
   */
  ofIntegration(name: string, version = FIRST_PROFILE_VERSION): IntegrationProfile {
    const versions = this.versions.get(name) ?? this.versions.get(DEFAULT_PROFILE) ?? [];
    const profile = versions.find((each) => each.version === version) ?? versions[0];
    if (profile?.describes !== 'integration') throw new Error(`no profile of integrations is called "${name}"`);
    return profile;
  }

  /** The names of profiles of which any version needs a plan. */
  namesThatRequireAPlan(): string[] {
    const all = [...this.versions.values()].flat();
    const requiring = all.filter((profile) => profile.describes === 'integration' && profile.requires.plan !== null);
    return [...new Set(requiring.map(({ name }) => name))];
  }

  private add(profile: Profile): void {
    const versions = this.versions.get(profile.name) ?? [];
    if (versions.some(({ version }) => version === profile.version)) {
      throw new Error(`The profile ${profile.name} has version ${profile.version} twice.`);
    }
    this.versions.set(profile.name, [...versions, profile]);
  }
}
