import type { Clock } from '@hookstile/service-runtime';
import type { AcceptedEvent } from '../accept/accepted-event.js';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import type { InboxStore } from '../inbox/inbox.store.js';
import type { InboxEntry } from '../inbox/inbox-entry.js';
import type { Candidate } from '../inbox/settlement.js';
import type { TenantBeginnings } from '../inbox/tenant-beginnings.js';
import type { IngestMetrics } from '../ingest-metrics.js';
import { LoopTurns } from '../loop-turns.js';
import type { EventSchemas } from '../schemas/event-schemas.js';
import type { SourceRecord } from './source-record.js';

/** A record that holds an event. */
export type EventRecord = SourceRecord & { reading: AcceptedEvent; tenantId: string; inboxEntry: InboxEntry };

/** What holds of a round's events, for good, before their fates are asked. */
export interface Admission {
  /** Who holds each inbox key, of the events that were taken. */
  holders: Map<string, InboxEntry>;
  /** By place, why an event was rejected that does not match the schema of its type. */
  rejected: Map<string, string>;
  /** Those of tenants that were unknown when they were routed first. */
  refused: Set<SourceRecord>;
}

export interface AdmissionsOptions {
  configuration: RoutingConfiguration;
  schemas: EventSchemas;
  inbox: InboxStore;
  beginnings: TenantBeginnings;
  clock: Clock;
  metrics: IngestMetrics;
}

function isEvent(source: SourceRecord): source is EventRecord {
  return source.inboxEntry !== null && source.tenantId !== null;
}

/** Passes the barrier, and settles the events of known tenants in the inbox. */
export class Admissions {
  constructor(private readonly options: AdmissionsOptions) {}

  /**
   * The barrier and the inbox in one wait, where no configuration could reject an event: its tenant is known already, and
   * has no schemas. An event of a tenant that is unknown behind the barrier enters no inbox, where it would make a later
   * one a duplicate.
   */
  async admit(sources: readonly SourceRecord[]): Promise<Admission> {
    const admission: Admission = { holders: new Map(), rejected: new Map(), refused: new Set() };
    const [early, others] = this.byNeedOfBarrier(sources.filter(isEvent));
    await Promise.all([this.take(early, admission), this.passBarrier()]);
    const [known, absent] = this.byTenantKnown(others);
    await this.take(known, admission);
    if (absent.length > 0) await this.refuse(absent, admission);
    return admission;
  }

  private async take(events: readonly EventRecord[], { holders, rejected, refused }: Admission): Promise<void> {
    const { beginnings, inbox, clock } = this.options;
    const settled = await beginnings.take(events);
    for (const event of settled.refused) refused.add(event);
    if (settled.taken.length === 0) return;
    const settlement = await inbox.settle(await this.candidatesOf(settled.taken), clock.nowMs());
    for (const [key, holder] of settlement.holders) holders.set(key, holder);
    for (const [place, detail] of settlement.rejected) rejected.set(place, detail);
  }

  private async candidatesOf(events: readonly EventRecord[]): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    const turns = new LoopTurns(this.options.clock);
    for (const event of events) {
      if (turns.isDue) await turns.give();
      candidates.push({ ...event.inboxEntry, rejection: this.rejectionOf(event) });
    }
    return candidates;
  }

  /** The front door has checked what it accepted, under the schema of then. Its 202 is final. */
  private rejectionOf({ via, reading }: EventRecord): string | null {
    return via === 'kafka' ? (this.options.schemas.rejectionOf(reading)?.detail ?? null) : null;
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

  /** By tenant: events with one key, which are all of one tenant, must be settled in their order. */
  private byNeedOfBarrier(events: readonly EventRecord[]): [early: EventRecord[], others: EventRecord[]] {
    const { configuration, schemas } = this.options;
    const { isRecent } = configuration;
    return split(events, (id) => isRecent && configuration.knowsTenant(id) && !schemas.hasAny(id));
  }

  private byTenantKnown(events: readonly EventRecord[]): [known: EventRecord[], unknown: EventRecord[]] {
    return split(events, (id) => this.options.configuration.knowsTenant(id));
  }

  private async passBarrier(): Promise<void> {
    const { configuration, clock, metrics } = this.options;
    const startMs = clock.monotonicMs();
    await configuration.catchUp();
    metrics.barrierMs.record(clock.monotonicMs() - startMs);
  }
}

function split(
  events: readonly EventRecord[],
  holds: (tenantId: string) => boolean,
): [yes: EventRecord[], no: EventRecord[]] {
  const yes: EventRecord[] = [];
  const no: EventRecord[] = [];
  for (const event of events) (holds(event.tenantId) ? yes : no).push(event);
  return [yes, no];
}
