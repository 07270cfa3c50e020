import {
  type ApiKeyConfiguration,
  type Configuration,
  configurationKey,
  configurationV1,
  type DecisionRuleConfiguration,
  type EventTypeConfiguration,
  eventTypeIdOf,
  type IntegrationConfiguration,
  type TenantConfiguration,
  type TenantKeyConfiguration,
} from '@hookstile/contracts';
import type { Follower, Messaging, ReceivedRecord } from '@hookstile/messaging';
import type { Logger } from 'pino';
import { ConfigurationError } from './configuration.error.js';
import { ConfigurationIndex } from './configuration-index.js';

/** The topic has one partition, so that its end offset is one number. */
const PARTITION = 0;

export const CONFIGURATION_PROJECTION = Symbol('ConfigurationProjection');

export type ConfigurationListener = (configuration: Configuration) => void;

export interface ConfigurationProjectionOptions {
  messaging: Messaging;
  /** Full name of the topic `configuration`. */
  topic: string;
  logger: Logger;
}

/** Tenants, keys, event types, integrations and decision rules as the topic `configuration` tells them, in memory, with the barrier of invariant 6. */
export class ConfigurationProjection {
  private readonly index = new ConfigurationIndex();
  private readonly listeners = new Set<ConfigurationListener>();
  private follower: Follower | null = null;
  private failure: { offset: number; error: ConfigurationError } | null = null;

  constructor(private readonly options: ConfigurationProjectionOptions) {}

  /** Resolves once everything that stood in the topic at the start was read. */
  async start(): Promise<void> {
    const { messaging, topic } = this.options;
    this.follower = await messaging.follow({ topic, onRecords: (records) => this.take(records) });
    this.throwFailure();
  }

  async stop(): Promise<void> {
    await this.follower?.stop();
  }

  tenant(id: string): TenantConfiguration | undefined {
    return this.index.tenants.get(id);
  }

  /** The key of the tenant's secrets; also of a deleted tenant, where it holds none. */
  tenantKey(tenantId: string): TenantKeyConfiguration | undefined {
    return this.index.tenantKeys.get(tenantId);
  }

  /** Of all tenants, deleted ones too. */
  tenantKeys(): Iterable<TenantKeyConfiguration> {
    return this.index.tenantKeys.values();
  }

  /** Deleted ones too: look at `deleted`. */
  eventType(tenantId: string, type: string): EventTypeConfiguration | undefined {
    return this.index.eventTypes.get(eventTypeIdOf(tenantId, type));
  }

  /** Whether any type of the tenant has a schema. */
  hasSchemas(tenantId: string): boolean {
    return this.index.eventTypes.hasSchemas(tenantId);
  }

  /**
   * The version of a type that has a schema, or null. A tenant that has none anywhere costs nothing, and a schema is not
   * read to know of it.
   */
  schemaVersion(tenantId: string, type: string): number | null {
    const { eventTypes } = this.index;
    return eventTypes.hasSchemas(tenantId) ? eventTypes.schemaVersion(eventTypeIdOf(tenantId, type)) : null;
  }

  /** Deleted ones too: look at `deleted`. */
  integration(id: string): IntegrationConfiguration | undefined {
    return this.index.integrations.get(id);
  }

  /** Those not deleted, sorted by id; the same array until one of the tenant's changes. */
  integrationsOf(tenantId: string): readonly IntegrationConfiguration[] {
    return this.index.integrations.of(tenantId);
  }

  /** Deleted ones too: look at `deleted`. */
  decisionRule(id: string): DecisionRuleConfiguration | undefined {
    return this.index.decisionRules.get(id);
  }

  /** Those not deleted, sorted by id. */
  decisionRulesOf(tenantId: string): readonly DecisionRuleConfiguration[] {
    return this.index.decisionRules.of(tenantId);
  }

  /** Keys that were not deleted. */
  keyByHash(hash: string): ApiKeyConfiguration | undefined {
    return this.index.keyByHash(hash);
  }

  /** The topic's end offset as it was after this call was made; the port lets concurrent calls share one request. */
  endOffset(): Promise<number> {
    const { messaging, topic } = this.options;
    return messaging.endOffset({ topic, partition: PARTITION });
  }

  /** Resolves once all below `offset` was taken in; rejects where a record of a newer release stands in between. */
  async reached(offset: number): Promise<void> {
    if (this.position >= offset) return;
    this.throwFailure();
    const follower = this.follower;
    if (!follower) throw new ConfigurationError('configuration_not_started', 'the projection was not started', true);
    await follower.reached(PARTITION, offset);
    if (this.failure && this.failure.offset < offset) throw this.failure.error;
  }

  /** The barrier: whatever was acknowledged before this call is visible once it resolves. */
  async catchUp(): Promise<void> {
    await this.reached(await this.endOffset());
  }

  /** Calls `listener` for each newer record, after the projection has it. Returns what ends that. */
  onChange(listener: ConfigurationListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The next offset to be taken in. */
  get position(): number {
    const read = this.follower?.position(PARTITION) ?? 0;
    return this.failure ? Math.min(read, this.failure.offset) : read;
  }

  /** Rejects where the projection cannot go on; for readiness. */
  checkHealth(): void {
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }

  private take(records: readonly ReceivedRecord[]): void {
    for (const record of records) {
      if (this.failure) return;
      this.takeOne(record);
    }
  }

  private takeOne(record: ReceivedRecord): void {
    // A tombstone says nothing here: what is deleted keeps a record that says so.
    if (record.value === null) return;
    const decoded = configurationV1.decode(record);
    if (decoded.outcome === 'decoded') this.apply(decoded.value);
    else if (decoded.outcome === 'unknown-version') this.fail(record.offset, decoded.version);
    else
      this.options.logger.error({ offset: record.offset, detail: decoded.detail }, 'configuration record unreadable');
  }

  private apply(configuration: Configuration): void {
    if (!this.index.apply(configuration)) return;
    for (const listener of this.listeners) this.notify(listener, configuration);
  }

  private notify(listener: ConfigurationListener, configuration: Configuration): void {
    try {
      listener(configuration);
    } catch (error) {
      const key = configurationKey(configuration.kind, configuration.id);
      this.options.logger.error({ err: error, key }, 'a listener of the configuration failed');
    }
  }

  /** To go on past a record of a newer release would route and sign under settings that are no longer true. */
  private fail(offset: number, version: string): void {
    const message = `configuration record ${version} at offset ${offset} was written by a newer release`;
    this.failure = { offset, error: new ConfigurationError('configuration_unreadable', message, false) };
    this.options.logger.fatal({ alarm: 'configuration_unreadable', offset, version }, message);
  }
}
