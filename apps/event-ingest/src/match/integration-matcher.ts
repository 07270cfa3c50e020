import { type IntegrationConfiguration, isReservedType } from '@hookstile/contracts';

type Integrations = readonly IntegrationConfiguration[];

/** Types whose answer is remembered; beyond, the memory starts anew. A tenant has tens of types, an attacker millions. */
const REMEMBERED_TYPES_MAX_COUNT = 1_000;

const ANY_TYPE = '*';
const PREFIX_SUFFIX = '.*';

/** Finds a tenant's integrations for an event type without looking at all of them for each event. */
export class IntegrationMatcher {
  /** Places in `integrations`, so that what is found can be put back into the order of ids. */
  private readonly byType = new Map<string, number[]>();
  /** Prefixes with their dot (`device.`). */
  private readonly byPrefix = new Map<string, number[]>();
  private readonly any: number[] = [];
  private readonly remembered = new Map<string, Integrations>();

  /** @param integrations in the order in which deliveries are to be emitted */
  constructor(private readonly integrations: Integrations) {
    for (const [place, integration] of integrations.entries()) {
      for (const pattern of integration.settings.eventTypes) this.add(pattern, place);
    }
  }

  match(eventType: string): Integrations {
    const known = this.remembered.get(eventType);
    if (known) return known;
    if (this.remembered.size >= REMEMBERED_TYPES_MAX_COUNT) this.remembered.clear();
    const found = this.find(eventType);
    this.remembered.set(eventType, found);
    return found;
  }

  private add(pattern: string, place: number): void {
    if (pattern === ANY_TYPE) this.any.push(place);
    else if (pattern.endsWith(PREFIX_SUFFIX)) append(this.byPrefix, pattern.slice(0, -1), place);
    else append(this.byType, pattern, place);
  }

  private find(eventType: string): Integrations {
    // "Everything" is every event of producers: what we tell ourselves goes to those only who name it.
    const any = isReservedType(eventType) ? [] : this.any;
    const places = new Set([...any, ...(this.byType.get(eventType) ?? [])]);
    for (let dot = eventType.indexOf('.'); dot >= 0; dot = eventType.indexOf('.', dot + 1)) {
      for (const place of this.byPrefix.get(eventType.slice(0, dot + 1)) ?? []) places.add(place);
    }
    return [...places].sort((left, right) => left - right).flatMap((place) => this.integrations[place] ?? []);
  }
}

function append(places: Map<string, number[]>, key: string, place: number): void {
  const known = places.get(key);
  if (known) known.push(place);
  else places.set(key, [place]);
}

const matchers = new WeakMap<Integrations, IntegrationMatcher>();

/** The matcher of a list, made once: the configuration keeps a tenant's list the same until one of it changes. */
export function matcherOf(integrations: Integrations): IntegrationMatcher {
  const known = matchers.get(integrations);
  if (known) return known;
  const matcher = new IntegrationMatcher(integrations);
  matchers.set(integrations, matcher);
  return matcher;
}
