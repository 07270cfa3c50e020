import type { EventTypeConfiguration } from '@hookstile/contracts';

interface Kept {
  version: number;
  text: string;
}

/**
 * Event types by id, as JSON texts: a tenant may have 500 of 64 KiB, whose schemas and examples would take up to 1.4 MB each
 * as objects, and hardly one is ever asked for.
 */
export class KeptEventTypes {
  private readonly kept = new Map<string, Kept>();

  /** Takes a record in unless its version is not above the known one; says whether it did. */
  apply(eventType: EventTypeConfiguration): boolean {
    const { id, version } = eventType;
    if (version <= (this.kept.get(id)?.version ?? -1)) return false;
    this.kept.set(id, { version, text: JSON.stringify(eventType) });
    return true;
  }

  /** Read anew at each call. */
  get(id: string): EventTypeConfiguration | undefined {
    const kept = this.kept.get(id);
    return kept && (JSON.parse(kept.text) as EventTypeConfiguration);
  }
}
