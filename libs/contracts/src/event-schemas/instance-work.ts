import type { AppliedSchema, SchemaPlace } from './schema-places.js';
import { isObject } from './schema-problem.js';
import { appliedAt, ownWork } from './schema-work.js';
import type { WorkBudget } from './work-budget.js';

/** Characters that are counted, or written out to be compared, in the time of one schema. */
const CHARACTERS_PER_WORK = 16;
/** Making the text of a value, to compare it with others. */
const COMPARED_VALUE_WORK = 4;
const NO_PATTERNS = () => 0;

/** Going from member to member, by each keyword that does. */
const MEMBER_WORK = 2;

interface Measured {
  own: number;
  countsCharacters: boolean;
  comparesElements: boolean;
  /** Pointers by the name of the member. */
  properties: ReadonlyMap<string, string>;
  applied: readonly AppliedSchema[];
}

/** To list the members of one with thousands takes as long as each of them does, so that it is not done for each schema. */
const LARGE_MIN_MEMBERS = 64;
const large = new WeakSet<object>();

/** An instance's values and its characters, in the time that one schema takes. Must come before the work is counted. */
export function extentOf(instance: unknown): number {
  if (typeof instance === 'string') return 1 + instance.length / CHARACTERS_PER_WORK;
  if (typeof instance !== 'object' || instance === null) return 1;
  let extent = 1;
  if (Array.isArray(instance)) for (const element of instance) extent += extentOf(element);
  else {
    const members = Object.entries(instance);
    if (members.length >= LARGE_MIN_MEMBERS) large.add(instance);
    for (const [name, value] of members) extent += extentOf(name) + extentOf(value);
  }
  return extent;
}

const MEMBER_KEYWORDS = new Set([
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
]);

/** The parts of an instance that a keyword's schema applies to, whether or not it comes to that. */
function partsOf({ keyword, at }: AppliedSchema, instance: unknown): readonly unknown[] {
  switch (keyword) {
    case 'items':
    case 'contains':
    case 'unevaluatedItems':
      return Array.isArray(instance) ? instance : [];
    case 'prefixItems':
      return Array.isArray(instance) ? instance.slice(Number(at), Number(at) + 1) : [];
    case 'propertyNames':
      return isObject(instance) ? Object.keys(instance) : [];
    default:
      if (!MEMBER_KEYWORDS.has(keyword)) return [instance];
      return isObject(instance) ? Object.values(instance) : [];
  }
}

/**
 * What checking an instance costs at most, in schemas that check next to nothing; patterns count for themselves. A schema
 * is bounded for itself, but of 100 alternatives in each of 100,000 elements every one that fails leaves an error.
 */
export class InstanceWork {
  private readonly measured: ReadonlyMap<string, Measured>;

  constructor(
    places: ReadonlyMap<string, SchemaPlace>,
    private readonly budget: WorkBudget,
  ) {
    this.measured = new Map([...places].map(([pointer, place]) => [pointer, measuredOf(place)]));
  }

  /** @throws WorkExceededError where it is more than the budget */
  spend(instance: unknown): void {
    this.visit('', instance);
  }

  private visit(pointer: string, instance: unknown): void {
    const place = this.measured.get(pointer);
    this.budget.spend(place?.own ?? 1);
    if (!place) return;
    if (place.countsCharacters && typeof instance === 'string') {
      this.budget.spend(instance.length / CHARACTERS_PER_WORK);
    }
    if (place.comparesElements && Array.isArray(instance)) this.budget.spend(COMPARED_VALUE_WORK * extentOf(instance));
    if (place.properties.size > 0 && isObject(instance)) this.visitProperties(place, instance);
    for (const applied of place.applied) {
      const parts = partsOf(applied, instance);
      if (MEMBER_KEYWORDS.has(applied.keyword)) this.budget.spend(MEMBER_WORK * parts.length);
      for (const part of parts) this.visit(applied.pointer, part);
    }
  }

  private visitProperties({ properties }: Measured, instance: Readonly<Record<string, unknown>>): void {
    if (large.has(instance)) {
      for (const [name, pointer] of properties) {
        if (Object.hasOwn(instance, name)) this.visit(pointer, instance[name]);
      }
      return;
    }
    for (const name in instance) {
      const pointer = properties.get(name);
      if (pointer !== undefined) this.visit(pointer, instance[name]);
    }
  }
}

const isProperty = ({ keyword }: AppliedSchema) => keyword === 'properties';

function measuredOf(place: SchemaPlace): Measured {
  const applied = appliedAt(place);
  const { minLength, maxLength, uniqueItems } = place.schema;
  return {
    own: ownWork(place, NO_PATTERNS).total,
    countsCharacters: minLength !== undefined || maxLength !== undefined,
    comparesElements: uniqueItems === true,
    properties: new Map(applied.filter(isProperty).map(({ at, pointer }) => [at, pointer])),
    applied: applied.filter((one) => !isProperty(one)),
  };
}
