import type { IntegrationConfiguration } from '@hookstile/contracts';

/** So many different parts are remembered; beyond, all of them are forgotten, and remembered anew. */
export const PARTS_MAX_COUNT = 2_000;
/** A larger part is hardly ever equal to another. */
const PART_MAX_CHARACTERS = 500;

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

/**
 * Keeps what is equal in many integrations once: of thousands, most have the retries, the ordering and the body that
 * nobody changed. A kilobyte each, in every process that knows them all.
 */
export class EqualParts {
  private readonly parts = new Map<string, unknown>();

  /** The same configuration, whose parts may be those of others too; so these are frozen. */
  share(configuration: IntegrationConfiguration): IntegrationConfiguration {
    const { settings } = configuration;
    const { request } = settings;
    return {
      ...configuration,
      tenantId: this.one(configuration.tenantId),
      settings: {
        ...settings,
        profile: this.one(settings.profile),
        ordering: this.one(settings.ordering),
        batch: this.one(settings.batch),
        retry: this.one(settings.retry),
        request: {
          ...request,
          headers: this.one(request.headers),
          auth: this.one(request.auth),
          body: this.one(request.body),
          ...(request.tls ? { tls: this.one(request.tls) } : {}),
        },
      },
    };
  }

  private one<T>(part: T): T {
    const text = JSON.stringify(part);
    if (text.length > PART_MAX_CHARACTERS) return part;
    const known = this.parts.get(text);
    if (known !== undefined) return known as T;
    if (this.parts.size >= PARTS_MAX_COUNT) this.parts.clear();
    this.parts.set(text, frozen(part));
    return part;
  }
}
