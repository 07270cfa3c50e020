import { ANY_TYPE, type IntegrationConfiguration, isReservedType, PREFIX_SUFFIX } from '@hookstile/contracts';
import { Answers } from './answers.js';
import { EventValues, type MatchedEvent } from './event-values.js';
import { type AskedEvent, FilterIndex } from './filter-index.js';
import { KnownFilters } from './known-filters.js';
import { withoutCovered } from './type-patterns.js';

type Integrations = readonly IntegrationConfiguration[];

/** Types whose candidates are remembered; beyond, the memory starts anew. A tenant has tens of types, an attacker millions. */
const REMEMBERED_TYPES_MAX_COUNT = 1_000;
/** Integrations in what is remembered of types; beyond, the memory starts anew. */
const REMEMBERED_MAX_SIZE = 1_000_000;
/**
 * Integrations and keys in the indexes of all patterns. They are kept, for to make them takes as long as to match thousands of
 * events; what finds no room is asked of each event, which takes none.
 */
export const INDEXED_MAX_SIZE = 1_000_000;

/** The integrations that name one pattern: places in the list, so that what is found can be put back into the order of ids. */
interface Pattern {
  readonly unfiltered: number[];
  readonly filtered: number[];
  /** Of those with filters; null until an event asks. */
  finder: FilterFinder | null;
}

/** Finds the filters that an event passes. */
interface FilterFinder {
  find(event: AskedEvent, found: number[]): void;
}

/** Who may want the events of a type. */
interface Candidates {
  /** Those without a filter. */
  readonly places: readonly number[];
  readonly integrations: Integrations;
  /** Of those with one. */
  readonly finders: readonly FilterFinder[];
}

const emptyPattern = (): Pattern => ({ unfiltered: [], filtered: [], finder: null });
const ascending = (left: number, right: number) => left - right;

/** Each once. What many filters were asked one after the other has found is in order as it is. */
function inOrder(places: readonly number[]): readonly number[] {
  const isOrdered = places.every((place, n) => n === 0 || place > (places[n - 1] ?? 0));
  return isOrdered ? places : [...new Set(places)].sort(ascending);
}

/** Finds a tenant's integrations for an event without looking at all of them for each event. */
export class IntegrationMatcher {
  private readonly filters = new KnownFilters();
  private readonly any = emptyPattern();
  private readonly byType = new Map<string, Pattern>();
  /** Prefixes with their dot (`device.`). */
  private readonly byPrefix = new Map<string, Pattern>();
  private readonly answers: Answers;
  private readonly remembered = new Map<string, Candidates>();
  private rememberedSize = 0;
  private indexedSize = 0;

  /** @param integrations in the order in which deliveries are to be emitted */
  constructor(
    private readonly integrations: Integrations,
    private readonly indexedMaxSize = INDEXED_MAX_SIZE,
  ) {
    for (const [place, { settings }] of integrations.entries()) {
      const { eventTypes, filter = [] } = settings;
      if (filter.length > 0) this.filters.add(place, filter);
      for (const pattern of withoutCovered(eventTypes)) {
        const { filtered, unfiltered } = this.patternOf(pattern);
        (filter.length > 0 ? filtered : unfiltered).push(place);
      }
    }
    this.answers = new Answers(this.filters.conditionCount);
  }

  /** Those that want events of the type, and whose filters the event passes. */
  match(event: MatchedEvent): Integrations {
    const { places, integrations, finders } = this.candidatesOf(event.attributes.type);
    if (finders.length === 0) return integrations;
    const found: number[] = [];
    const asked = this.answers.of(new EventValues(event, this.filters.tree));
    for (const finder of finders) finder.find(asked, found);
    if (found.length === 0) return integrations;
    for (const place of places) found.push(place);
    return this.at(inOrder(found));
  }

  /** Whether any but those wants events of the type, whatever its filter says. */
  wants(eventType: string, but: ReadonlySet<IntegrationConfiguration> = new Set()): boolean {
    const isOther = (place: number) => this.at([place]).some((integration) => !but.has(integration));
    return this.patternsOf(eventType).some(
      ({ unfiltered, filtered }) => unfiltered.some(isOther) || filtered.some(isOther),
    );
  }

  private candidatesOf(eventType: string): Candidates {
    const known = this.remembered.get(eventType);
    if (known) return known;
    const isFull = this.remembered.size >= REMEMBERED_TYPES_MAX_COUNT || this.rememberedSize >= REMEMBERED_MAX_SIZE;
    if (isFull) this.forget();
    const patterns = this.patternsOf(eventType);
    const places = inOrder(patterns.flatMap(({ unfiltered }) => unfiltered));
    const finders = patterns.filter(({ filtered }) => filtered.length > 0).map((pattern) => this.finderOf(pattern));
    const candidates = { places, integrations: this.at(places), finders };
    this.rememberedSize += places.length;
    this.remembered.set(eventType, candidates);
    return candidates;
  }

  private forget(): void {
    this.remembered.clear();
    this.rememberedSize = 0;
  }

  private finderOf(pattern: Pattern): FilterFinder {
    if (pattern.finder) return pattern.finder;
    const room = this.indexedMaxSize - this.indexedSize;
    if (pattern.filtered.length > room) {
      pattern.finder = { find: (event, found) => this.filters.ask(pattern.filtered, event, found) };
      return pattern.finder;
    }
    const index = new FilterIndex(this.filters.groupsOf(pattern.filtered), room);
    this.indexedSize += index.size;
    pattern.finder = index;
    return index;
  }

  private patternOf(pattern: string): Pattern {
    if (pattern === ANY_TYPE) return this.any;
    const [patterns, key]: [Map<string, Pattern>, string] = pattern.endsWith(PREFIX_SUFFIX)
      ? [this.byPrefix, pattern.slice(0, -1)]
      : [this.byType, pattern];
    const known = patterns.get(key) ?? emptyPattern();
    patterns.set(key, known);
    return known;
  }

  private patternsOf(eventType: string): Pattern[] {
    // "Everything" is every event of producers: what we tell ourselves goes to those only who name it.
    const patterns = isReservedType(eventType) ? [] : [this.any];
    const exact = this.byType.get(eventType);
    if (exact) patterns.push(exact);
    for (let dot = eventType.indexOf('.'); dot >= 0; dot = eventType.indexOf('.', dot + 1)) {
      const prefixed = this.byPrefix.get(eventType.slice(0, dot + 1));
      if (prefixed) patterns.push(prefixed);
    }
    return patterns;
  }

  private at(places: readonly number[]): Integrations {
    const found: IntegrationConfiguration[] = [];
    for (const place of places) {
      const integration = this.integrations[place];
      if (integration) found.push(integration);
    }
    return found;
  }
}
