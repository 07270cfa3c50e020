import type { Configuration } from '@hookstile/contracts';
import type { EventStore } from '@hookstile/event-store';
import type { Messaging } from '@hookstile/messaging';
import type { ClientBase } from 'pg';
import { AGGREGATES, type KnownAggregate } from '../changes/aggregates.js';
import type { AggregateContext } from '../changes/loaded-aggregate.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { configurationRecord } from '../publishes/configuration.publisher.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { TenantKeyStore } from '../tenant-keys/tenant-key.store.js';
import { tenantKeyRecord } from '../tenant-keys/tenant-keys.js';
import { aggregateOfKey, placeOfKey } from './check.js';
import type { Difference, Differences } from './differences.js';
import { PUBLICATION_WAIT_MAX_MS, REPAIRS_AT_A_TIME } from './rebuild.bounds.js';
import { TENANT_KEY_KIND } from './tenant-key-source.js';
import { recordAt } from './topic-records.js';

const UNIQUE_VIOLATION = '23505';

export interface RepairOptions<Handle> {
  events: EventStore<Handle>;
  readModels: ReadModelStore<Handle>;
  tenantKeys: Pick<TenantKeyStore<Handle>, 'lock'>;
  partitionCount: number;
  client: ClientBase;
  messaging: Messaging;
  topic: string;
  /** Resolves with false where the rows are not published in time. */
  published(outboxIds: readonly number[], timeoutMs: number): Promise<boolean>;
}

/** Records were put into the outbox, and nobody publishes it. */
export class NotPublishedError extends Error {
  readonly code = 'not_published';
  readonly retryable = true;
}

/**
 * Makes what differs anew from the domain events, aggregate by aggregate: each under its lock and from its stream as it is
 * then, so that changes that are made meanwhile wait for a moment and none is lost.
 */
export class Repair<Handle> {
  constructor(
    private readonly options: RepairOptions<Handle>,
    private readonly differences: Differences,
  ) {}

  async run(): Promise<void> {
    for (const aggregate of AGGREGATES) await this.repairRows(aggregate);
    await this.repairTopic();
  }

  /** Rows that no domain event knows go first: they could hold a name that another row must have. */
  private async repairRows(aggregate: KnownAggregate): Promise<void> {
    const inTheWay: string[] = [];
    for (const kinds of [['extra'], ['missing', 'differs']] as const) {
      await this.eachPage(aggregate.kind, kinds, async (ids) => {
        await inParallel(ids, async (id) => {
          if (!(await this.replaceRow(aggregate, id))) inTheWay.push(id);
        });
      });
    }
    // Two rows that hold each other's names: neither can be written while the other stands.
    for (const id of inTheWay) await this.removeRow(aggregate, id);
    for (const id of inTheWay) await this.replaceRow(aggregate, id);
  }

  /** Says whether it could, beside what other rows hold. */
  private async replaceRow(aggregate: KnownAggregate, id: string): Promise<boolean> {
    try {
      await this.change((context) => aggregate.replaceRow(id, context));
      return true;
    } catch (error) {
      if ((error as { driverError?: { code?: unknown } }).driverError?.code === UNIQUE_VIOLATION) return false;
      throw error;
    }
  }

  private async removeRow({ name, kind }: KnownAggregate, id: string): Promise<void> {
    await this.change(async ({ transaction, readModels }) => {
      await transaction.lock({ aggregate: name, id });
      await readModels.remove(transaction.handle, kind, id);
    });
  }

  private async repairTopic(): Promise<void> {
    await this.publishPages(['missing', 'older', 'differs'], (key, context) => this.publishAgain(key, context));
    await this.publishPages(['extra'], (key, context) => this.deleteRecord(key, context));
  }

  private async publishAgain(key: string, context: AggregateContext<Handle>): Promise<void> {
    const { kind, id } = placeOfKey(key);
    if (kind !== TENANT_KEY_KIND) return aggregateOfKey(key)?.republish(id, context);
    const row = await this.options.tenantKeys.lock(context.transaction.handle, id);
    if (row) await context.transaction.enqueue([tenantKeyRecord(row)]);
  }

  /**
   * A thing that no domain event knows would go on working in every service: a record above its version says that it is
   * deleted. A tombstone would not reach a reader that has the thing.
   */
  private async deleteRecord(key: string, { transaction }: AggregateContext<Handle>): Promise<void> {
    const { client, messaging, topic } = this.options;
    const { rows } = await client.query<{ at_offset: string }>('SELECT at_offset FROM found_records WHERE key = $1', [
      key,
    ]);
    const record = rows[0] && (await recordAt(messaging, topic, Number(rows[0].at_offset)));
    if (!record) return;
    const secretless = record.kind === TENANT_KEY_KIND ? { ...record, wrapped: null } : record;
    const deleted: Configuration = { ...secretless, deleted: true, version: record.version + 1 };
    await transaction.enqueue([configurationRecord(deleted)]);
  }

  private async publishPages(
    kinds: readonly Difference[],
    enqueue: (key: string, context: AggregateContext<Handle>) => Promise<void>,
  ): Promise<void> {
    await this.eachPage('topic', kinds, async (keys) => {
      const outboxIds: number[] = [];
      await inParallel(keys, async (key) => {
        outboxIds.push(...(await this.change((context) => enqueue(key, context))));
      });
      if (await this.options.published(outboxIds, PUBLICATION_WAIT_MAX_MS)) return;
      throw new NotPublishedError('what was put into the outbox was not published in time');
    });
  }

  private async eachPage(
    place: Parameters<Differences['page']>[0],
    kinds: readonly Difference[],
    work: (ids: string[]) => Promise<void>,
  ): Promise<void> {
    let after = '';
    for (;;) {
      const ids = (await this.differences.page(place, kinds, after)).map(({ id }) => id);
      const last = ids.at(-1);
      if (last === undefined) return;
      await work(ids);
      after = last;
    }
  }

  private async change(work: (context: AggregateContext<Handle>) => Promise<void>): Promise<readonly number[]> {
    const { events, readModels, partitionCount } = this.options;
    const { outboxIds } = await events.transaction((transaction) =>
      work({ transaction, readModels, origin: SYSTEM_ORIGIN, partitionCount }),
    );
    return outboxIds;
  }
}

async function inParallel(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const left = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: REPAIRS_AT_A_TIME }, worker));
}
