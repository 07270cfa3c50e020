import type { Filter, IntegrationConfiguration } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { anEvent, anIntegration, FIXED_NOW } from '@hookstile/testing';
import { ACCEPTED_AT_HEADER } from '../accept/record-headers.js';
import { rejection } from '../accept/rejection.js';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import { naiveMatch } from '../match/naive-match.fake.js';
import { TenantMatchers } from '../match/tenant-matchers.js';
import type { EventSchemas } from '../schemas/event-schemas.js';

/** Acknowledged one after the other; the number of an integration's version is the place in this list. */
export interface ConfigurationState {
  late: 'not yet' | 'there' | 'deleted';
  integrations: readonly IntegrationConfiguration[];
  /** By type, the only data that its events may have. */
  schemas: ReadonlyMap<string, string>;
}

export interface ProducedEvent {
  id: string;
  data: string;
  type: string;
  tenantId: string;
  /** What came through the front door was checked there. */
  isHttp: boolean;
  partition: number;
  offset: number;
  /** The newest configuration when it was acknowledged. */
  under: number;
}

export const TENANT = 'ten_1';
/** Comes after the first events of it, and is deleted later on. */
export const LATE_TENANT = 'ten_2';
const INTEGRATIONS = ['int_a', 'int_b', 'int_c', 'int_d'];
const TYPES = ['t', 'u'];
const PATTERNS = [['*'], ['t'], ['u']];
const FILTERS: readonly Filter[] = [
  [],
  [{ pointer: '/data', op: 'eq', value: 1 }],
  [{ pointer: '/data', op: 'ne', value: 1 }],
  [{ pointer: '/type', op: 'in', value: ['u'] }],
];
const DATA = ['1', '1', '2'];
const IDS = ['e1', 'e2', 'e3', 'e4', 'e5'];
const MALFORMED_DATA = '<x/>';

const pick = <T>(from: readonly T[], detail: number): T => from[detail % from.length] as T;

/** A router's projection of what admins changed. */
export interface RoutingView {
  configuration: RoutingConfiguration;
  schemas: EventSchemas;
  /** Takes in all that there is, without being asked. */
  readOn(): void;
}

const NOTHING: ConfigurationState = { late: 'not yet', integrations: [], schemas: new Map() };

interface Wanted {
  eventTypes: string[];
  filter: Filter;
}

/** What producers wrote and admins changed. */
export class RoutingHistory {
  readonly events: ProducedEvent[] = [];
  readonly configurations: ConfigurationState[] = [NOTHING];
  private wanted = new Map<string, Wanted>([
    ['int_a', { eventTypes: ['*'], filter: [] }],
    ['int_b', { eventTypes: ['*'], filter: [] }],
  ]);

  private schemas = new Map<string, string>();
  private readonly log: ReceivedRecord[][];

  constructor(partitions: number) {
    this.log = Array.from({ length: partitions }, () => []);
    this.acknowledge('not yet');
  }

  produceStep(detail: number): readonly [string, () => void] {
    const partition = detail % this.log.length;
    const id = pick(IDS, Math.floor(detail / 2));
    const type = pick(TYPES, Math.floor(detail / 3));
    const tenantId = detail % 7 === 0 ? LATE_TENANT : TENANT;
    const data = detail % 23 === 0 ? MALFORMED_DATA : pick(DATA, Math.floor(detail / 5));
    const isHttp = detail % 13 === 0;
    const by = isHttp ? ' by HTTP' : '';
    const line = `event ${id} (${type}, ${data}) of ${tenantId} in partition ${partition}${by}`;
    const act = () => {
      if (isHttp && !this.hasDataOfItsType({ type, data }, this.newest)) return;
      const attributes = { ce_specversion: '1.0', ce_id: id, ce_source: '/s', ce_type: type, ce_tenantid: tenantId };
      const headers = isHttp ? { ...attributes, [ACCEPTED_AT_HEADER]: FIXED_NOW } : attributes;
      const offset = this.recordsOf(partition).length;
      this.log[partition]?.push({
        topic: 'events',
        partition,
        offset,
        key: 'k',
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
        value: Buffer.from(data),
        timestampMs: 0,
      });
      this.events.push({ id, data, type, tenantId, isHttp, partition, offset, under: this.newest });
    };
    return [line, act];
  }

  recordsOf(partition: number): readonly ReceivedRecord[] {
    return this.log[partition] ?? [];
  }

  configureStep(detail: number): readonly [string, () => void] {
    const { late } = this.state(this.newest);
    if (detail % 6 === 0 && late !== 'deleted') {
      const next = late === 'not yet' ? 'there' : 'deleted';
      return [`${LATE_TENANT} is ${next === 'there' ? 'created' : 'deleted'}`, () => this.acknowledge(next)];
    }
    if (detail % 5 < 2) return this.putSchemaStep(Math.floor(detail / 5), late);
    const id = pick(INTEGRATIONS, Math.floor(detail / 2));
    if (this.wanted.has(id) && detail % 2 === 0) {
      return [`${id} is deleted`, () => void [this.wanted.delete(id), this.acknowledge(late)]];
    }
    const wanted = {
      eventTypes: pick(PATTERNS, Math.floor(detail / 7)),
      filter: pick(FILTERS, Math.floor(detail / 11)),
    };
    const where = wanted.filter.map(({ pointer, op, value }) => ` where ${pointer} ${op} ${value}`).join();
    const act = () => void [this.wanted.set(id, wanted), this.acknowledge(late)];
    return [`${id} wants ${wanted.eventTypes}${where}`, act];
  }

  private putSchemaStep(detail: number, late: ConfigurationState['late']): readonly [string, () => void] {
    const type = pick(TYPES, detail);
    const data = pick(['1', '2', null], Math.floor(detail / 2));
    const act = () => {
      if (data === null) this.schemas.delete(type);
      else this.schemas.set(type, data);
      this.acknowledge(late);
    };
    return [data === null ? `${type} may have any data` : `${type} must have ${data}`, act];
  }

  /** A router's projection: it trails behind, and catches up where the barrier says. */
  viewOf(ask: (endOffset: () => number) => Promise<number>): RoutingView {
    let seen = this.newest;
    const matchers = new TenantMatchers();
    let asked = 0;
    const configuration: RoutingConfiguration = {
      knowsTenant: (tenantId) => this.knows(tenantId, seen),
      matcherOf: (tenantId) => matchers.of(tenantId, this.integrationsOf(tenantId, seen)),
      // Now and then nothing was confirmed for a while.
      get isRecent() {
        asked += 1;
        return asked % 3 > 0 && knowsAnnounced();
      },
      catchUp: async () => {
        seen = Math.max(seen, await ask(() => this.newest));
      },
    };
    const knowsAnnounced = () => this.lastAnnounced <= seen;
    const schemas: EventSchemas = {
      hasAny: () => this.state(seen).schemas.size > 0,
      has: (_, type) => this.state(seen).schemas.has(type),
      rejectionOf: ({ attributes: { type }, data }) =>
        this.hasDataOfItsType({ type, data: data.toString() }, seen) ? null : rejection('invalid', `under ${seen}`),
    };
    const readOn = () => {
      seen = this.newest;
    };
    return { configuration, schemas, readOn };
  }

  /** The newest configuration that gave a type its first schema: config answers it once readers know of it. */
  private get lastAnnounced(): number {
    return this.configurations.findLastIndex(({ schemas }, at) =>
      [...schemas.keys()].some((type) => !this.state(at - 1).schemas.has(type)),
    );
  }

  get newest(): number {
    return this.configurations.length - 1;
  }

  knows(tenantId: string, at: number): boolean {
    return tenantId === TENANT || this.state(at).late === 'there';
  }

  isDeleted(tenantId: string): boolean {
    return tenantId === LATE_TENANT && this.state(this.newest).late === 'deleted';
  }

  integrationsOf(tenantId: string, at: number): readonly IntegrationConfiguration[] {
    return this.state(at).integrations.filter((integration) => integration.tenantId === tenantId);
  }

  /** Naive: no index, no prefixes. */
  matches({ tenantId, type, data }: ProducedEvent, integrationId: string, at: number): boolean {
    if (!this.knows(tenantId, at)) return false;
    const found = this.integrationsOf(tenantId, at).filter(({ id }) => id === integrationId);
    return naiveMatch(found, { attributes: anEvent({ tenantId, type }), data: Buffer.from(data) }).length > 0;
  }

  /** Whether a door would take it under a configuration, as far as its type's schema goes. */
  fits({ isHttp, ...event }: ProducedEvent, at: number): boolean {
    return isHttp || this.hasDataOfItsType(event, at);
  }

  private hasDataOfItsType({ type, data }: Pick<ProducedEvent, 'type' | 'data'>, at: number): boolean {
    return (this.state(at).schemas.get(type) ?? data) === data;
  }

  isMalformed({ data }: ProducedEvent): boolean {
    return data === MALFORMED_DATA;
  }

  private state(at: number): ConfigurationState {
    return this.configurations[at] ?? NOTHING;
  }

  private acknowledge(late: ConfigurationState['late']): void {
    const version = this.configurations.length;
    const integrations = [...this.wanted].map(([id, settings]) =>
      anIntegration({ id, version, tenantId: TENANT, settings }),
    );
    const ofLate = anIntegration({ id: 'int_e', version, tenantId: LATE_TENANT, settings: { eventTypes: ['*'] } });
    const sorted = [...integrations, ofLate].sort((left, right) => (left.id < right.id ? -1 : 1));
    this.configurations.push({ late, integrations: sorted, schemas: new Map(this.schemas) });
  }
}
