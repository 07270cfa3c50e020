import { OutboxRelay } from '@hookstile/event-store';
import type { RecordPublisher } from '@hookstile/messaging';
import { metrics, type ServiceContext, type TopicsByName } from '@hookstile/service-runtime';
import pg from 'pg';

const PUBLISHER_CLOSE_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A database that vanished without a word would else hold the relay, and with it every change, for a quarter of an hour. */
const QUERY_TIMEOUT_MS = 10_000;

/** The outbox relay with its publisher; started when the application has booted, stopped after its requests have ended. */
export class Relay {
  private publisher: RecordPublisher | null = null;
  private gauges: (() => void)[] = [];
  private readonly relay: OutboxRelay;

  constructor(
    private readonly context: Pick<ServiceContext, 'env' | 'clock' | 'logger' | 'messaging'>,
    schema: string,
    topics: TopicsByName,
  ) {
    const { env, clock, logger } = context;
    this.relay = new OutboxRelay({
      schema,
      connect: () =>
        new pg.Client({
          connectionString: env.DATABASE_URL,
          application_name: 'hookstile-config-relay',
          connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
          query_timeout: QUERY_TIMEOUT_MS,
          keepAlive: true,
          keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
        }),
      publish: (records) => this.publisherOrFail().publish(records),
      topicName: topics,
      monotonicMs: () => clock.monotonicMs(),
      onLeading: () => logger.info('leads the outbox relay'),
      onError: (error) => logger.warn({ err: error }, 'the outbox relay failed and tries again'),
    });
  }

  get isConnected(): boolean {
    return this.relay.isConnected;
  }

  get isLeading(): boolean {
    return this.relay.isLeading;
  }

  get waiting(): number {
    return this.relay.waiting;
  }

  published(outboxIds: readonly number[], timeoutMs: number): Promise<boolean> {
    return this.relay.published(outboxIds, timeoutMs);
  }

  async start(): Promise<void> {
    this.publisher = await this.context.messaging.publisher({ name: 'outbox' });
    this.relay.start();
    this.gauges = [
      metrics.gauge(
        'config.outbox.waiting',
        { description: 'Outbox rows that a change waits for.', unit: '{row}' },
        () => this.waiting,
      ),
      metrics.gauge('config.outbox.leading', { description: '1 where this process leads the relay.', unit: '1' }, () =>
        this.isLeading ? 1 : 0,
      ),
    ];
  }

  /** Closing the publisher ends a batch that an absent broker holds up; its rows are published after the next start. */
  async stop(): Promise<void> {
    for (const remove of this.gauges) remove();
    const stopped = this.relay.stop();
    await this.publisher?.close(PUBLISHER_CLOSE_TIMEOUT_MS);
    await stopped;
  }

  private publisherOrFail(): RecordPublisher {
    if (!this.publisher) throw new Error('the relay was not started');
    return this.publisher;
  }
}
