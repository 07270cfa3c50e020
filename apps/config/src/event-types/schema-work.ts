import type { SchemaPlace } from './schema-places.js';

/** A reference to a place in the same schema: `#` or `#/…`. */
const LOCAL_REFERENCE = /^#(\/.*)?$/s;

/** The pointer that a `$ref` names, or null where it names nothing within the schema. */
export function referredPointer(reference: string): string | null {
  if (!LOCAL_REFERENCE.test(reference)) return null;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return null;
  }
}

/** How many schemas apply, references followed; `repeated` counts those that apply to each of many elements or members. */
export interface SchemaWork {
  total: number;
  repeated: number;
}

const ENDLESS: SchemaWork = { total: Number.POSITIVE_INFINITY, repeated: 0 };
/** True, false, or what the meta-schema refuses. */
const NOTHING: SchemaWork = { total: 1, repeated: 0 };

/**
 * The work that an instance is at most; endless where a reference leads back to where it stands. Schemas that refer to
 * others twice each grow exponentially, as recursive ones do with the instance's depth.
 */
export function schemaWorkOf(places: ReadonlyMap<string, SchemaPlace>): SchemaWork {
  const known = new Map<string, SchemaWork>();
  const workAt = (pointer: string): SchemaWork => {
    const place = places.get(pointer);
    if (!place) return NOTHING;
    const before = known.get(pointer);
    if (before) return before;
    known.set(pointer, ENDLESS);
    const { $ref } = place.schema;
    const referred = typeof $ref === 'string' ? referredPointer($ref) : null;
    const followed = referred === null ? [] : [{ pointer: referred, repeats: false }];
    const work = { total: 1, repeated: 0 };
    for (const child of [...place.children, ...followed]) {
      const { total, repeated } = workAt(child.pointer);
      work.total += total;
      work.repeated += child.repeats ? total : repeated;
    }
    known.set(pointer, work);
    return work;
  };
  return workAt('');
}
