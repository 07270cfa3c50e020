import type { IntegrationConfiguration } from '@hookstile/contracts';
import type { MatchedEvent } from './event-values.js';
import { IntegrationMatcher } from './integration-matcher.js';

type Integrations = readonly IntegrationConfiguration[];

/** Finds a tenant's integrations for an event, in the order of their ids. */
export interface Matcher {
  match(event: MatchedEvent): Integrations;
  /** Whether any wants events of the type, whatever its filter says. */
  wants(eventType: string): boolean;
}

/** Integrations changed, created or deleted since a matcher of all was made; beyond, a new one is. */
const CHANGED_MAX_COUNT = 256;

/** A tenant's list as it was, and what it has become. */
interface Known {
  readonly whole: Integrations;
  readonly ofWhole: IntegrationMatcher;
  readonly list: Integrations;
  readonly matcher: Matcher;
}

/**
 * The matchers of all tenants. To make one of 10,000 integrations takes as long as to match thousands of events: a change of a
 * few stands beside it until they are many.
 */
export class TenantMatchers {
  private readonly known = new Map<string, Known>();

  constructor(private readonly changedMaxCount = CHANGED_MAX_COUNT) {}

  /** @param list sorted by id; the same array, and the same objects in another one, are taken to be unchanged */
  of(tenantId: string, list: Integrations): Matcher {
    const known = this.known.get(tenantId);
    if (known?.list === list) return known.matcher;
    const next = (known && this.changed(known, list)) ?? made(list);
    this.known.set(tenantId, next);
    return next.matcher;
  }

  /** Of a tenant that was deleted. */
  forget(tenantId: string): void {
    this.known.delete(tenantId);
  }

  /** Null where it is as well to begin anew. */
  private changed({ whole, ofWhole }: Known, list: Integrations): Known | null {
    const { gone, come } = differenceOf(whole, list);
    if (gone.size === 0 && come.length === 0) return { whole, ofWhole, list, matcher: ofWhole };
    if (gone.size + come.length > Math.min(this.changedMaxCount, list.length)) return null;
    return { whole, ofWhole, list, matcher: new ChangedMatcher(ofWhole, gone, new IntegrationMatcher(come)) };
  }
}

function made(list: Integrations): Known {
  const ofWhole = new IntegrationMatcher(list);
  return { whole: list, ofWhole, list, matcher: ofWhole };
}

/** One of all integrations as they were, without those that are gone or changed, and one of those that came or are changed. */
class ChangedMatcher implements Matcher {
  constructor(
    private readonly before: IntegrationMatcher,
    private readonly gone: ReadonlySet<IntegrationConfiguration>,
    private readonly come: IntegrationMatcher,
  ) {}

  match(event: MatchedEvent): Integrations {
    const left = this.before.match(event).filter((integration) => !this.gone.has(integration));
    return mergedById(left, this.come.match(event));
  }

  wants(eventType: string): boolean {
    return this.come.wants(eventType) || this.before.wants(eventType, this.gone);
  }
}

/** Both are sorted by id. */
function differenceOf(whole: Integrations, list: Integrations) {
  const gone = new Set<IntegrationConfiguration>();
  const come: IntegrationConfiguration[] = [];
  let at = 0;
  for (const integration of list) {
    let old = whole[at];
    for (; old && old.id < integration.id; old = whole[at]) {
      gone.add(old);
      at += 1;
    }
    if (old === integration) {
      at += 1;
      continue;
    }
    come.push(integration);
    if (old?.id !== integration.id) continue;
    gone.add(old);
    at += 1;
  }
  for (const old of whole.slice(at)) gone.add(old);
  return { gone, come };
}

function mergedById(left: Integrations, right: Integrations): Integrations {
  if (right.length === 0) return left;
  const merged: IntegrationConfiguration[] = [];
  let at = 0;
  for (const integration of right) {
    for (let other = left[at]; other && other.id < integration.id; other = left[at]) {
      merged.push(other);
      at += 1;
    }
    merged.push(integration);
  }
  for (const other of left.slice(at)) merged.push(other);
  return merged;
}
