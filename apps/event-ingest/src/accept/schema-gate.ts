import type { Clock, RecentConfiguration } from '@hookstile/service-runtime';
import { LoopTurns } from '../loop-turns.js';
import type { EventSchemas } from '../schemas/event-schemas.js';
import type { Reading } from './accepted-event.js';

export const SCHEMA_GATE = Symbol('SchemaGate');

/** The schemas of event types at the front door: what passes is accepted for good, whatever the schema says later. */
export class SchemaGate {
  constructor(
    private readonly schemas: Pick<EventSchemas, 'has' | 'rejectionOf'>,
    private readonly configuration: Pick<RecentConfiguration, 'recent' | 'newest'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /**
   * Each reading, or why its event does not match the schema of its type. Under a schema that was acknowledged before this
   * call, or a later one (invariant 6): of types with one the newest is asked for; a type's first one has been announced
   * for longer than what is known here may be old. Rejects with `unavailable` while that cannot be known.
   */
  async check<T extends Reading>(readings: readonly T[]): Promise<Reading[]> {
    await this.configuration.recent();
    if (!readings.some((reading) => this.hasSchema(reading))) return [...readings];
    await this.configuration.newest();
    const checked: Reading[] = [];
    const turns = new LoopTurns(this.clock);
    for (const reading of readings) {
      if (turns.isDue) await turns.give();
      checked.push((reading.outcome === 'accepted' ? this.schemas.rejectionOf(reading) : null) ?? reading);
    }
    return checked;
  }

  private hasSchema(reading: Reading): boolean {
    if (reading.outcome === 'rejected') return false;
    const { tenantId, type } = reading.attributes;
    return this.schemas.has(tenantId, type);
  }
}
