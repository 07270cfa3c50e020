import type { EncodedRecord, TopicName } from '@hookstile/contracts';
import type { Client } from 'pg';
import { OutboxSession } from './outbox-session.js';
import { PublicationWaits } from './publication-waits.js';

/** Rows read and published at a time. */
export const OUTBOX_BATCH_MAX_ROWS = 500;
/** A leader looks at least this often, whether it was hinted or not. */
export const OUTBOX_POLL_MS = 500;
/** A relay that does not lead asks this often whether it may, and what others published while somebody waits. */
export const OUTBOX_CANDIDATE_POLL_MS = 250;
export const OUTBOX_WAITER_POLL_MS = 20;
/** A leader that is silent for so long, such as one whose process was stopped, leads no more; it polls far more often. */
export const OUTBOX_LEADER_SILENT_MAX_MS = 5_000;
const RETRY_PAUSE_MS = 500;
/** Published rows are kept this long, for whoever looks into a fault. */
const PUBLISHED_KEPT_MS = 3_600_000;
const PURGE_EVERY_MS = 60_000;
const PURGE_MAX_ROWS = 5_000;

type PublishedRecord = EncodedRecord & { topic: string; partition: number };

export interface OutboxRelayOptions {
  /** A connection of the relay's own, not yet connected, that bounds how long it connects and waits for an answer. */
  connect(): Client;
  schema: string;
  /** Resolves when all in-sync replicas have the records. */
  publish(records: readonly PublishedRecord[]): Promise<unknown>;
  topicName(name: TopicName): string;
  monotonicMs(): number;
  /** By default `OUTBOX_LEADER_SILENT_MAX_MS`. */
  leaderSilentMaxMs?: number;
  /** Something went wrong and is tried again. */
  onError(error: unknown): void;
  /** Called each time this relay becomes the leader, before it publishes its first row. */
  onLeading?(): void;
}

/** Where a leader listens for hints; a name longer than Postgres' is cut. */
export function outboxChannel(schema: string): string {
  return `hookstile_outbox_${schema}`.slice(0, 63);
}

/**
 * Publishes the outbox in the order of its ids under one leader. A record can be published twice (a leader that died
 * between the acknowledgement and the mark), never not at all.
 */
export class OutboxRelay {
  private readonly waits = new PublicationWaits();
  private readonly channel: string;
  private session: OutboxSession | null = null;
  private leading = false;
  private stopping = false;
  private hinted = false;
  /** A hint of this process that the leader, being another one, has not been told. */
  private tellLeader = false;
  private wakeUp: () => void = () => undefined;
  private purgedAtMs = Number.NEGATIVE_INFINITY;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: OutboxRelayOptions) {
    this.channel = outboxChannel(options.schema);
  }

  get isLeading(): boolean {
    return this.leading;
  }

  /** Whether the relay has its connection; without it no write can be acknowledged. */
  get isConnected(): boolean {
    return this.session !== null;
  }

  /** How many rows somebody waits for: what a writer bounds while the broker is away. */
  get waiting(): number {
    return this.waits.size;
  }

  start(): void {
    this.running = this.run();
  }

  /** Lets the batch in hand end, then gives the lead up. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wakeUp();
    await this.running;
  }

  /** Resolves with true once all these rows are published, with false when that took longer than `timeoutMs`. */
  published(ids: readonly number[], timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let left = ids.length;
      if (left === 0) return resolve(true);
      const timer = setTimeout(() => {
        for (const stopWaiting of stops) stopWaiting();
        resolve(false);
      }, timeoutMs);
      const done = () => {
        left -= 1;
        if (left > 0) return;
        clearTimeout(timer);
        resolve(true);
      };
      const stops = ids.map((id) => this.waits.add(id, done));
      this.hint();
    });
  }

  /** Says that rows were committed. In another process' outbox it is only a hint: the leader polls as well. */
  hint(): void {
    this.hinted = true;
    this.tellLeader = true;
    this.wakeUp();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.runSession();
      } catch (error) {
        this.options.onError(error);
        if (!this.stopping) await this.pause(RETRY_PAUSE_MS);
      }
    }
  }

  private async runSession(): Promise<void> {
    const client = this.options.connect();
    let lost = false;
    const silentMaxMs = this.options.leaderSilentMaxMs ?? OUTBOX_LEADER_SILENT_MAX_MS;
    const session = new OutboxSession(client, this.options.schema, silentMaxMs);
    await client.connect();
    try {
      const onHint = () => {
        this.hinted = true;
        this.wakeUp();
      };
      await session.open(this.channel, onHint, () => {
        lost = true;
        this.leading = false;
        this.wakeUp();
      });
      this.session = session;
      while (!this.stopping && !lost) {
        if (this.leading) await this.publishUntilEmpty(session);
        else await this.stand(session);
      }
    } finally {
      this.session = null;
      this.leading = false;
      await session.close().catch(() => undefined);
    }
  }

  private async stand(session: OutboxSession): Promise<void> {
    if (await session.tryLead()) {
      this.leading = true;
      this.options.onLeading?.();
      return;
    }
    if (this.tellLeader) {
      this.tellLeader = false;
      await session.hint(this.channel);
    }
    await this.settleWaits(session);
    await this.pause(this.waits.ids.length > 0 ? OUTBOX_WAITER_POLL_MS : OUTBOX_CANDIDATE_POLL_MS);
  }

  private async publishUntilEmpty(session: OutboxSession): Promise<void> {
    this.hinted = false;
    const rows = await session.unpublished(OUTBOX_BATCH_MAX_ROWS);
    if (rows.length > 0) {
      const records = rows.map(({ record }) => ({ ...record, topic: this.options.topicName(record.topic) }));
      // The broker can be away for minutes.
      await session.whileAlive(() => this.options.publish(records));
      const ids = rows.map(({ id }) => id);
      this.waits.published(ids);
      await session.markPublished(ids);
    }
    if (rows.length === OUTBOX_BATCH_MAX_ROWS || this.hinted) return;
    await this.settleWaits(session);
    await this.purgeNowAndThen(session);
    if (!this.hinted) await this.pause(OUTBOX_POLL_MS);
  }

  /** Rows that another leader published, or that were marked before somebody began to wait for them. */
  private async settleWaits(session: OutboxSession): Promise<void> {
    const ids = this.waits.ids;
    if (ids.length === 0) return;
    const pending = await session.stillUnpublished(ids);
    this.waits.published(ids.filter((id) => !pending.has(id)));
  }

  private async purgeNowAndThen(session: OutboxSession): Promise<void> {
    const nowMs = this.options.monotonicMs();
    if (nowMs - this.purgedAtMs < PURGE_EVERY_MS) return;
    this.purgedAtMs = nowMs;
    await session.purge(PUBLISHED_KEPT_MS, PURGE_MAX_ROWS);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping) this.wakeUp();
    });
  }
}
