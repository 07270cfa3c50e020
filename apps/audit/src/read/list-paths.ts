/** A condition on a row; `?` in the text, once or more, stands for the value. */
export interface Condition {
  text: string;
  value?: unknown;
}

/** A way to rows of a list, newest first. */
export interface ListPath {
  /** What an index of the table serves, with the tenant and in the list's order. */
  indexed: readonly Condition[];
  /** What each row on the way is looked at for. */
  filters: readonly Condition[];
  /** True where the index knows no order, and leads to so few rows that they are sorted. */
  unordered?: boolean;
}

/** A filter that was given, and the ways by which indexes lead to its rows: each row lies on at least one. */
export interface IndexedFilter {
  condition: Condition;
  paths: readonly ListPath[];
}

/** What a list is narrowed by. */
export interface Narrowing {
  /** One of them is taken to find rows by, where there are any: the one with the fewest rows. */
  indexed: readonly IndexedFilter[];
  /** Looked at in each row. */
  others: readonly Condition[];
}

/** A filter that an index serves as it is. */
export function indexedBy(text: string, value: unknown): IndexedFilter {
  const condition = { text, value };
  return { condition, paths: [{ indexed: [condition], filters: [] }] };
}

/** Filters that were given, as the lists' readers collect them. */
export class Narrowings implements Narrowing {
  readonly indexed: IndexedFilter[] = [];
  readonly others: Condition[] = [];

  /** An index serves it; of a partial one, the text says once more what the index has, for a value proves nothing. */
  byIndex(text: string, value: unknown): this {
    if (value !== undefined) this.indexed.push(indexedBy(text, value));
    return this;
  }

  byIndexes(filter: IndexedFilter | null): this {
    if (filter) this.indexed.push(filter);
    return this;
  }

  /** So few rows that they are found by it whatever else is given. */
  byFew(condition: Condition, paths: readonly ListPath[] = [{ indexed: [condition], filters: [], unordered: true }]) {
    const looked = [...this.indexed.map((filter) => filter.condition), ...this.others];
    return { indexed: [{ condition, paths }], others: looked };
  }

  /** No index serves it: what nearly all rows have. */
  byLooking(text: string, value: unknown): this {
    return value === undefined ? this : this.byLookingFor({ text, value });
  }

  byLookingFor(condition: Condition): this {
    this.others.push(condition);
    return this;
  }
}

/** The paths by one of the filters, all others being looked at; without one, the tenant's list is the path. */
export function pathsBy(chosen: IndexedFilter | null, { indexed, others }: Narrowing): ListPath[] {
  const looked = [...indexed.filter((filter) => filter !== chosen).map(({ condition }) => condition), ...others];
  if (!chosen) return [{ indexed: [], filters: looked }];
  return chosen.paths.map((path) => ({ ...path, filters: [...path.filters, ...looked] }));
}
