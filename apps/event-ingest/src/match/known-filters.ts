import { type Filter, tokensOf } from '@hookstile/contracts';
import { type CompiledCondition, compileCondition } from './condition.js';
import { pointsIntoData } from './event-values.js';
import type { AskedEvent, FilterGroup, KnownCondition } from './filter-index.js';
import { PointerTree } from './pointer-tree.js';

const compiledFilters = new WeakMap<Filter, readonly CompiledCondition[]>();

/** Compiled once an integration: its filter is the same array until it changes, whatever else of the tenant does. */
function compiledOf(filter: Filter): readonly CompiledCondition[] {
  const known = compiledFilters.get(filter);
  if (known) return known;
  const compiled = filter.map(compileCondition);
  compiledFilters.set(filter, compiled);
  return compiled;
}

/** The conditions of a tenant's filters: those that mean the same are one. */
export class KnownFilters {
  private readonly known = new Map<string, KnownCondition>();
  private readonly filters = new Map<number, readonly KnownCondition[]>();
  /** Of all pointers into data, from the root of data. */
  readonly tree = new PointerTree();

  /** @param place of the integration in the tenant's list */
  add(place: number, filter: Filter): void {
    const conditions = compiledOf(filter).map((condition) => this.knownOf(condition));
    conditions.sort((left, right) => left.number - right.number);
    this.filters.set(
      place,
      conditions.filter((condition, n) => condition !== conditions[n - 1]),
    );
  }

  get conditionCount(): number {
    return this.known.size;
  }

  /** Integrations with the same conditions stand together. */
  groupsOf(places: readonly number[]): FilterGroup[] {
    const groups = new Map<string, FilterGroup>();
    for (const place of places) {
      const conditions = this.filters.get(place);
      if (!conditions) continue;
      const name = conditions.map(({ number }) => number).join();
      const known = groups.get(name);
      if (known) known.places.push(place);
      else groups.set(name, { conditions, places: [place] });
    }
    return [...groups.values()];
  }

  /** Asks one filter after the other, and adds the places of those that the event passes. */
  ask(places: readonly number[], event: AskedEvent, found: number[]): void {
    for (const place of places) {
      const conditions = this.filters.get(place) ?? [];
      if (conditions.every((condition) => event.holds(condition))) found.push(place);
    }
  }

  private knownOf(condition: CompiledCondition): KnownCondition {
    const known = this.known.get(condition.id);
    if (known) return known;
    const { pointer } = condition;
    if (pointsIntoData(pointer)) this.tree.add(pointer, tokensOf(pointer).slice(1));
    const made = { ...condition, number: this.known.size };
    this.known.set(condition.id, made);
    return made;
  }
}
