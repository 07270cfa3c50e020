import type { Clock } from '@hookstile/service-runtime';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import type { InboxStore } from '../inbox/inbox.store.js';
import type { InboxEntry } from '../inbox/inbox-entry.js';
import type { TenantBeginnings } from '../inbox/tenant-beginnings.js';
import { firstOfEachKey } from '../inbox/verdict.js';
import type { IngestMetrics } from '../ingest-metrics.js';
import type { SourceRecord } from './source-record.js';

/** A record that holds an event. */
export type EventRecord = SourceRecord & { tenantId: string; inboxEntry: InboxEntry };

/** What holds of a round's events, for good, before their fates are asked. */
export interface Admission {
  /** Who holds each inbox key, of the events that were taken. */
  holders: Map<string, InboxEntry>;
  /** Those of tenants that were unknown when they were routed first. */
  refused: Set<SourceRecord>;
}

export interface AdmissionsOptions {
  configuration: RoutingConfiguration;
  inbox: InboxStore;
  beginnings: TenantBeginnings;
  clock: Clock;
  metrics: IngestMetrics;
}

function isEvent(source: SourceRecord): source is EventRecord {
  return source.inboxEntry !== null && source.tenantId !== null;
}

/** Passes the barrier, and claims the events of known tenants in the inbox. */
export class Admissions {
  constructor(private readonly options: AdmissionsOptions) {}

  /**
   * The barrier and the inbox in one wait: only events whose tenant is known already are claimed beside it. An event of
   * a tenant that is unknown behind it enters no inbox, where it would make a later one a duplicate.
   */
  async admit(sources: readonly SourceRecord[]): Promise<Admission> {
    const admission: Admission = { holders: new Map(), refused: new Set() };
    const [known, unknown] = this.byTenantKnown(sources.filter(isEvent));
    await Promise.all([this.take(known, admission), this.passBarrier()]);
    const [appeared, absent] = this.byTenantKnown(unknown);
    await this.take(appeared, admission);
    if (absent.length > 0) await this.refuse(absent, admission);
    return admission;
  }

  private async take(events: readonly EventRecord[], { holders, refused }: Admission): Promise<void> {
    const { beginnings, inbox, clock } = this.options;
    const settled = await beginnings.take(events);
    for (const event of settled.refused) refused.add(event);
    const entries = firstOfEachKey(settled.taken.map(({ inboxEntry }) => inboxEntry));
    if (entries.length === 0) return;
    for (const [key, holder] of await inbox.claim(entries, clock.nowMs())) holders.set(key, holder);
  }

  private async refuse(absent: readonly EventRecord[], admission: Admission): Promise<void> {
    const { taken, refused } = await this.options.beginnings.refuse(absent);
    for (const event of refused) admission.refused.add(event);
    if (taken.length === 0) return;
    // Another router took these and may have died since: it knew their tenants, so they stand before the end of the
    // configuration now, or are deleted.
    await this.passBarrier();
    const [known, deleted] = this.byTenantKnown(taken);
    for (const event of deleted) admission.refused.add(event);
    await this.take(known, admission);
  }

  private byTenantKnown(events: readonly EventRecord[]): [known: EventRecord[], unknown: EventRecord[]] {
    const known: EventRecord[] = [];
    const unknown: EventRecord[] = [];
    for (const event of events) {
      (this.options.configuration.knowsTenant(event.tenantId) ? known : unknown).push(event);
    }
    return [known, unknown];
  }

  private async passBarrier(): Promise<void> {
    const { configuration, clock, metrics } = this.options;
    const startMs = clock.monotonicMs();
    await configuration.catchUp();
    metrics.barrierMs.record(clock.monotonicMs() - startMs);
  }
}
