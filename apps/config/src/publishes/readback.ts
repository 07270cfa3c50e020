import { configurationKey, configurationV1 } from '@hookstile/contracts';
import type { Follower, Messaging, ReceivedRecord } from '@hookstile/messaging';
import type { Logger } from '@hookstile/service-runtime';
import { AGGREGATES } from '../changes/aggregates.js';
import type { Kind, ReadModelStore } from '../read-models/read-model.store.js';
import type { TenantKeyStore } from '../tenant-keys/tenant-key.store.js';
import { TopicVersions } from './topic-versions.js';

/** How soon a record that fell back is written again. */
const ROUND_MS = 1_000;
/** How often every key is compared with the topic, beginning when this process leads. */
const FULL_ROUND_MS = 60_000;
const PAGE_ROWS = 1_000;
const KINDS: readonly (Kind | 'tenant-key')[] = ['tenant-key', ...AGGREGATES.map(({ kind }) => kind)];

export interface ReadbackOptions {
  messaging: Messaging;
  /** The full name of the topic `configuration`. */
  topic: string;
  readModels: Pick<ReadModelStore<unknown>, 'versions'>;
  tenantKeys: Pick<TenantKeyStore<unknown>, 'versions'>;
  /** Whether this process leads the relay: only then it writes. */
  isLeading(): boolean;
  /** Puts the newest state of a thing into the outbox once more. */
  republish(kind: Kind | 'tenant-key', id: string): Promise<void>;
  monotonicMs(): number;
  logger: Pick<Logger, 'warn' | 'info'>;
}

/**
 * Reads `configuration` back: a relay that was paused can append an old version behind a newer one, and a reader that
 * starts later would keep the old one. Such keys, and ones the topic lost, are written again.
 */
export class Readback {
  private readonly versions = new TopicVersions();
  private follower: Follower | null = null;
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;
  private comparedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: ReadbackOptions) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.round = this.runRound().finally(() => {
        if (!this.stopping) this.start();
      });
    }, ROUND_MS);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
    await this.follower?.stop();
  }

  private async runRound(): Promise<void> {
    const { messaging, topic, isLeading, monotonicMs, logger } = this.options;
    try {
      if (!isLeading()) return;
      this.follower ??= await messaging.follow({ topic, onRecords: (records) => this.read(records) });
      for (const key of this.versions.fallenBack) {
        this.versions.rewritten(key);
        await this.republish(key);
      }
      if (monotonicMs() - this.comparedAtMs < FULL_ROUND_MS) return;
      await this.compareAll();
      this.comparedAtMs = monotonicMs();
    } catch (error) {
      logger.warn({ err: error }, 'reading the configuration back failed and is tried again');
    }
  }

  private read(records: readonly ReceivedRecord[]): void {
    for (const record of records) {
      const decoded = configurationV1.decode(record);
      if (decoded.outcome !== 'decoded') continue;
      const { kind, id, version } = decoded.value;
      this.versions.add(configurationKey(kind, id), version);
    }
  }

  private async compareAll(): Promise<void> {
    for (const kind of KINDS) {
      let after = '';
      for (;;) {
        const rows = await this.versionsOf(kind, after);
        for (const { id, version } of rows) {
          const key = configurationKey(kind, id);
          if (this.versions.lastOf(key) < version) await this.republish(key);
        }
        const last = rows.at(-1);
        if (!last || rows.length < PAGE_ROWS || this.stopping) break;
        after = last.id;
      }
    }
  }

  private versionsOf(kind: Kind | 'tenant-key', after: string): Promise<{ id: string; version: number }[]> {
    const { readModels, tenantKeys } = this.options;
    return kind === 'tenant-key' ? tenantKeys.versions(after, PAGE_ROWS) : readModels.versions(kind, after, PAGE_ROWS);
  }

  private async republish(key: string): Promise<void> {
    const colon = key.indexOf(':');
    const kind = KINDS.find((each) => each === key.slice(0, colon));
    if (!kind || this.stopping) return;
    this.options.logger.info({ key }, 'a configuration that the topic has in an older version is written again');
    await this.options.republish(kind, key.slice(colon + 1));
  }
}
