import { type DeliveryEnvelope, deliveriesV1, deliveryIdOf, type Routing, routingsV1 } from '@hookstile/contracts';
import type { FakeMessaging } from '@hookstile/messaging';
import { type ProducedEvent, type RoutingHistory } from './routing-history.fake.js';

function decoded<T>(result: { outcome: string; value?: T }): T {
  if (result.outcome !== 'decoded' || result.value === undefined) throw new Error(result.outcome);
  return result.value;
}

/** What a reader of `deliveries` takes: per source partition nothing that is not above what it took before. */
function taken(messaging: FakeMessaging): DeliveryEnvelope[] {
  const marks = new Map<string, readonly [number, string]>();
  return messaging.records('deliveries').flatMap((record) => {
    const { envelope } = decoded(deliveriesV1.decode(record));
    const key = `${record.partition} of ${envelope.sourcePartition}`;
    const [offset, integrationId] = marks.get(key) ?? [-1, ''];
    const isAbove =
      envelope.sourceOffset > offset || (envelope.sourceOffset === offset && envelope.integrationId > integrationId);
    if (!isAbove) return [];
    marks.set(key, [envelope.sourceOffset, envelope.integrationId]);
    return [envelope];
  });
}

/** Ends that leave source and id to a later record. */
const UNCLAIMED = ['unknown_tenant', 'invalid'];

const nameOf = ({ id, partition, offset }: ProducedEvent) => `${id} at ${partition}/${offset}`;
const placeOf = (partition: number, offset: number) => `${partition}/${offset}`;

/**
 * The naive model: of all records with one tenant, source and id a single one is the event, the first of its partition
 * that was not rejected because its tenant was unknown, or its data not that of its type, which is final; it goes once to each integration that wanted it
 * all along, to none that never did, and the others are duplicates or reused ids.
 */
export class RoutingOracle {
  readonly violations: string[] = [];
  private readonly taken: readonly DeliveryEnvelope[];
  private readonly routings = new Map<string, Routing[]>();

  constructor(
    private readonly history: RoutingHistory,
    messaging: FakeMessaging,
  ) {
    this.taken = taken(messaging);
    for (const record of messaging.records('routings')) {
      const routing = decoded(routingsV1.decode(record));
      const place = placeOf(routing.sourcePartition, routing.sourceOffset);
      this.routings.set(place, [...(this.routings.get(place) ?? []), routing]);
    }
    this.check();
  }

  private check(): void {
    const byKey = Map.groupBy(this.history.events, ({ tenantId, id }) => `${tenantId} ${id}`);
    for (const records of byKey.values()) this.checkEvent(records);
    for (const envelope of this.taken) this.checkTaken(envelope);
  }

  private checkEvent(records: readonly ProducedEvent[]): void {
    for (const record of records) this.checkRouted(record);
    const good = records.filter((record) => !this.history.isMalformed(record));
    const firsts = good.filter((record) => this.outcomes(record).some((one) => one === 'routed' || one === 'filtered'));
    if (firsts.length > 1) this.fail(`taken for new twice: ${firsts.map(nameOf).join(' and ')}`);
    const [first] = firsts;
    const isCertain = (record: ProducedEvent) => (at: number) =>
      this.history.knows(record.tenantId, at) && this.history.fits(record, at);
    const certain = good.find((record) => this.always(record, isCertain(record)));
    if (certain && !first) this.fail(`never taken for new: ${nameOf(certain)}`);
    for (const record of good) {
      if (first && record !== first) this.checkRepeated(record, first);
    }
    if (first) this.checkDelivered(first);
    for (const { sourcePartition, sourceOffset } of this.deliveriesOf(records)) {
      const isFirst = first && placeOf(first.partition, first.offset) === placeOf(sourcePartition, sourceOffset);
      if (!isFirst) this.fail(`a duplicate was delivered: ${placeOf(sourcePartition, sourceOffset)}`);
    }
  }

  private checkRouted(record: ProducedEvent): void {
    const outcomes = this.outcomes(record);
    if (outcomes.length === 0) this.fail(`no fate: ${nameOf(record)}`);
    if (this.history.isMalformed(record) && outcomes.some((outcome) => outcome !== 'data_not_json')) {
      this.fail(`malformed, but ${outcomes}: ${nameOf(record)}`);
    }
    this.checkSchema(record);
    const unknown = outcomes.includes('unknown_tenant');
    if (unknown && this.always(record, (at) => this.history.knows(record.tenantId, at))) {
      this.fail(`its tenant was known: ${nameOf(record)}`);
    }
    const other = outcomes.find((outcome) => outcome !== 'unknown_tenant');
    if (unknown && other && !this.history.isDeleted(record.tenantId)) {
      this.fail(`rejected for its tenant, and ${other}: ${nameOf(record)}`);
    }
  }

  /** What the configuration rejected stays so, with the same words, and what it takes now was not rejected before. */
  private checkSchema(record: ProducedEvent): void {
    const outcomes = this.outcomes(record);
    const fits = (at: number) => this.history.fits(record, at);
    if (outcomes.includes('invalid')) {
      if (this.always(record, fits)) this.fail(`it has the data of its type: ${nameOf(record)}`);
      const isLost = (outcome: string) => outcome === 'unknown_tenant' && this.history.isDeleted(record.tenantId);
      const others = outcomes.filter((outcome) => outcome !== 'invalid' && !isLost(outcome));
      if (others.length > 0) this.fail(`rejected for its data, and ${others}: ${nameOf(record)}`);
      const details = new Set(
        this.routingsOf(record).flatMap(({ reason, detail }) => (reason === 'invalid' ? [detail] : [])),
      );
      if (details.size > 1) this.fail(`rejected as ${[...details].join(' and ')}: ${nameOf(record)}`);
    }
    const isTaken = outcomes.some((outcome) => outcome === 'routed' || outcome === 'filtered');
    if (isTaken && this.always(record, (at) => !fits(at))) this.fail(`never had data of its type: ${nameOf(record)}`);
  }

  private checkRepeated(record: ProducedEvent, first: ProducedEvent): void {
    const same = record.data === first.data && record.type === first.type;
    const allowed = new Set([same ? 'duplicate' : 'id_reused', ...UNCLAIMED]);
    const wrong = this.outcomes(record).filter((outcome) => !allowed.has(outcome));
    if (wrong.length > 0) this.fail(`${nameOf(record)} ended as ${wrong} beside ${nameOf(first)}`);
    const earlier = record.partition === first.partition && record.offset < first.offset;
    if (earlier && this.outcomes(record).some((outcome) => !UNCLAIMED.includes(outcome))) {
      this.fail(`${nameOf(first)} overtook ${nameOf(record)}`);
    }
  }

  private checkDelivered(event: ProducedEvent): void {
    for (const integrationId of ['int_a', 'int_b', 'int_c', 'int_d', 'int_e']) {
      const wants = (at: number) => this.history.matches(event, integrationId, at);
      const deliveryId = deliveryIdOf(event.tenantId, '/s', event.id, integrationId);
      const count = this.taken.filter((envelope) => envelope.deliveryId === deliveryId).length;
      if (count > 1) this.fail(`delivered ${count} times to ${integrationId}: ${nameOf(event)}`);
      if (count === 0 && this.always(event, wants)) this.fail(`lost for ${integrationId}: ${nameOf(event)}`);
      if (count > 0 && this.always(event, (at) => !wants(at))) {
        this.fail(`never wanted by ${integrationId}: ${nameOf(event)}`);
      }
    }
  }

  /** Invariant 6: what was accepted after a change was acknowledged is routed under it, or a later one. */
  private checkTaken({ sourcePartition, sourceOffset, integrationVersion }: DeliveryEnvelope): void {
    const event = this.history.events.find((one) => one.partition === sourcePartition && one.offset === sourceOffset);
    if (!event) this.fail(`a delivery of nothing: ${placeOf(sourcePartition, sourceOffset)}`);
    else if (integrationVersion < event.under) {
      this.fail(`accepted under ${event.under}, routed under ${integrationVersion}: ${nameOf(event)}`);
    }
  }

  private deliveriesOf(records: readonly ProducedEvent[]): DeliveryEnvelope[] {
    const places = new Set(records.map(({ partition, offset }) => placeOf(partition, offset)));
    return this.taken.filter(({ sourcePartition, sourceOffset }) => places.has(placeOf(sourcePartition, sourceOffset)));
  }

  private outcomes(record: ProducedEvent): string[] {
    return this.routingsOf(record).map(({ outcome, reason }) => reason ?? outcome);
  }

  private routingsOf({ partition, offset }: ProducedEvent): readonly Routing[] {
    return this.routings.get(placeOf(partition, offset)) ?? [];
  }

  /** Whether it held under each configuration that there has been since the record was acknowledged. */
  private always({ under }: ProducedEvent, holds: (at: number) => boolean): boolean {
    for (let at = under; at <= this.history.newest; at += 1) if (!holds(at)) return false;
    return true;
  }

  private fail(violation: string): void {
    this.violations.push(violation);
  }
}
