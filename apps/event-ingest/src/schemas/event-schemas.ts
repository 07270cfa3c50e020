import { eventTypeIdOf } from '@hookstile/contracts';
import { type InstanceCheck, isObject, readJsonSchema, type SchemaProblem } from '@hookstile/contracts/event-schemas';
import type { ConfigurationProjection } from '@hookstile/service-runtime';
import { LRUCache } from 'lru-cache';
import type { AcceptedEvent } from '../accept/accepted-event.js';
import type { Rejection } from '../accept/rejection.js';
import { schemaRejection } from './schema-rejection.js';

/** Compiled schemas that are kept; one of 32 KiB takes 1 MiB, and patterns some 100 KiB each. */
const COMPILED_MAX_COUNT = 4_000;
const COMPILED_MAX_BYTES = 64 * 1024 * 1024;
const UNUSABLE_BYTES = 1_024;

/** What a type's schema says of an event's data. */
export interface EventSchemas {
  /** Whether any type of the tenant has a schema, as far as the configuration is known here. */
  hasAny(tenantId: string): boolean;
  /** Whether the type has a schema, as far as the configuration is known here. */
  has(tenantId: string, type: string): boolean;
  /** Why the event does not match the schema of its type, or null. */
  rejectionOf(event: AcceptedEvent): Rejection | null;
}

interface Compiled {
  version: number;
  /** Null of a schema that this release does not carry out. */
  check: InstanceCheck | null;
}

const UNUSABLE: readonly SchemaProblem[] = [
  { pointer: '', code: 'schema_unusable', detail: 'cannot be checked: the schema of its type has to be put again.' },
];

/** Schemas as the projection has them, compiled once a version. */
export class ProjectedEventSchemas implements EventSchemas {
  private readonly compiled = new LRUCache<string, Compiled>({
    max: COMPILED_MAX_COUNT,
    maxSize: COMPILED_MAX_BYTES,
    sizeCalculation: ({ check }) => Math.min(check?.bytes ?? UNUSABLE_BYTES, COMPILED_MAX_BYTES),
  });

  constructor(
    private readonly projection: Pick<ConfigurationProjection, 'eventType' | 'hasSchemas' | 'schemaVersion'>,
  ) {}

  hasAny(tenantId: string): boolean {
    return this.projection.hasSchemas(tenantId);
  }

  has(tenantId: string, type: string): boolean {
    return this.projection.schemaVersion(tenantId, type) !== null;
  }

  rejectionOf({ attributes, data }: AcceptedEvent): Rejection | null {
    const { tenantId, type } = attributes;
    const version = this.projection.schemaVersion(tenantId, type);
    if (version === null) return null;
    const { check } = this.compiledOf(tenantId, type, version);
    // Parsed to be checked only: what goes on are the bytes.
    const problems = check ? check.mismatchesOf(JSON.parse(data.toString('utf8'))) : UNUSABLE;
    return problems.length > 0 ? schemaRejection(attributes, problems) : null;
  }

  private compiledOf(tenantId: string, type: string, version: number): Compiled {
    const id = eventTypeIdOf(tenantId, type);
    const known = this.compiled.get(id);
    if (known?.version === version) return known;
    const compiled = { version, check: checkOf(this.projection.eventType(tenantId, type)?.schema) };
    this.compiled.set(id, compiled);
    return compiled;
  }
}

/** It was read when it was put; only another release may find it wrong. */
function checkOf(schema: unknown): InstanceCheck | null {
  const reading = isObject(schema) ? readJsonSchema(schema) : null;
  return reading?.outcome === 'check' ? reading.check : null;
}
