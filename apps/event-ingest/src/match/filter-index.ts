import type { CompiledCondition, WantedKeys } from './condition.js';
import { type PointedValue, scalarKeyOf } from './pointed-value.js';

/** A condition of one or many filters, asked at most once an event. */
export interface KnownCondition extends CompiledCondition {
  readonly number: number;
}

/** One filter of one or many integrations: their places in the tenant's list. */
export interface FilterGroup {
  readonly conditions: readonly KnownCondition[];
  readonly places: number[];
}

/** An event as the index asks about it. */
export interface AskedEvent {
  at(pointer: string): PointedValue | undefined;
  holds(condition: KnownCondition): boolean;
}

/** A group below one of its conditions, and what is left to be asked. */
interface Candidate {
  readonly rest: readonly KnownCondition[];
  readonly places: readonly number[];
}

/** What can be looked up at a pointer, by key. */
interface Lookup {
  readonly pointer: string;
  readonly of: WantedKeys['of'];
  readonly byKey: Map<string, Candidate[]>;
}

/**
 * Finds the filters that an event passes. A filter that wants a value to be one of some stands below them and is looked at only
 * where the event has one; of several such conditions below the rarest. The others are asked of each event.
 */
export class FilterIndex {
  private readonly lookups = new Map<string, Lookup>();
  private readonly asked: Candidate[] = [];
  /** What it takes to hold it: an entry for each key, and for each integration. */
  size = 0;

  /** @param maxSize filters whose keys would take more are asked of each event, which takes none */
  constructor(
    groups: readonly FilterGroup[],
    private readonly maxSize = Number.POSITIVE_INFINITY,
  ) {
    for (const { places } of groups) this.size += places.length;
    const counts = countsOf(groups, maxSize);
    for (const group of groups) this.add(group, counts);
  }

  /** Adds the place of each integration whose filter the event passes, in any order. */
  find(event: AskedEvent, found: number[]): void {
    for (const candidate of this.asked) tell(candidate, event, found);
    for (const { pointer, of, byKey } of this.lookups.values()) {
      for (const key of keysIn(byKey, event.at(pointer), of)) {
        for (const candidate of byKey.get(key) ?? []) tell(candidate, event, found);
      }
    }
  }

  private add({ conditions, places }: FilterGroup, counts: Counts): void {
    const chosen = rarest(conditions, counts);
    if (!chosen?.wanted || this.size + chosen.wanted.keys.length > this.maxSize) {
      this.asked.push({ rest: conditions, places });
      return;
    }
    const candidate = { rest: conditions.filter((condition) => condition !== chosen), places };
    const { byKey } = this.lookupOf(chosen, chosen.wanted);
    for (const key of chosen.wanted.keys) {
      const known = byKey.get(key);
      if (known) known.push(candidate);
      else byKey.set(key, [candidate]);
    }
    this.size += chosen.wanted.keys.length;
  }

  private lookupOf({ pointer }: CompiledCondition, { lookup: name, of }: WantedKeys): Lookup {
    const known = this.lookups.get(name);
    if (known) return known;
    const lookup = { pointer, of, byKey: new Map() };
    this.lookups.set(name, lookup);
    return lookup;
  }
}

function tell({ rest, places }: Candidate, event: AskedEvent, found: number[]): void {
  for (const condition of rest) if (!event.holds(condition)) return;
  for (const place of places) found.push(place);
}

const NO_KEYS: readonly string[] = [];

/**
 * Those of the event's keys that may be wanted. Of its elements and the wanted ones the fewer are gone through: an event has room
 * for a hundred thousand elements, and its type for a hundred patterns that would each go through them.
 */
function keysIn(wanted: Lookup['byKey'], value: PointedValue | undefined, of: WantedKeys['of']): Iterable<string> {
  if (of === 'element') {
    if (value?.kind !== 'array') return NO_KEYS;
    const keys = value.elementKeys();
    return wanted.size < keys.size ? [...wanted.keys()].filter((key) => keys.has(key)) : keys;
  }
  const key = scalarKeyOf(value);
  return key === null ? NO_KEYS : [key];
}

/** How many groups want a key: by lookup, then by key. Only of lookups that some group has to choose from. */
type Counts = ReadonlyMap<string, Map<string, number>>;

/** @param maxCount keys that are counted; without the others a choice is as right, if not the best */
function countsOf(groups: readonly FilterGroup[], maxCount: number): Counts {
  const counts = new Map<string, Map<string, number>>();
  for (const { conditions } of groups) {
    const choice = conditions.filter(({ wanted }) => wanted);
    if (choice.length > 1) for (const { wanted } of choice) if (wanted) counts.set(wanted.lookup, new Map());
  }
  let left = counts.size === 0 ? 0 : maxCount;
  for (const { conditions } of groups) {
    for (const { wanted } of conditions) {
      const byKey = wanted && counts.get(wanted.lookup);
      if (!byKey || left < wanted.keys.length) continue;
      left -= wanted.keys.length;
      for (const key of wanted.keys) byKey.set(key, (byKey.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

/** The condition that shares its keys with the fewest others; null where none can be looked up. */
function rarest(conditions: readonly KnownCondition[], counts: Counts): KnownCondition | null {
  let chosen: KnownCondition | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const condition of conditions) {
    const { wanted } = condition;
    if (!wanted) continue;
    const byKey = counts.get(wanted.lookup);
    const count = wanted.keys.reduce((sum, key) => sum + (byKey?.get(key) ?? 0), 0);
    if (count >= least) continue;
    chosen = condition;
    least = count;
  }
  return chosen;
}
