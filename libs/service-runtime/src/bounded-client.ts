import pg from 'pg';

/** Of a query, in words and with the code that problems and retries know it by. */
class AnswerTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly retryable = true;
}

export interface BoundedClientConfig extends pg.ClientConfig {
  /** How long the server may be silent while something is asked. */
  answerTimeoutMs?: number;
}

/**
 * A connection that is closed where its server does not answer in time. pg's own `query_timeout` ends the query and
 * gives the connection back to the pool: where the peer has vanished, each next user would hang on it in turn.
 */
export class BoundedClient extends pg.Client {
  private timer: NodeJS.Timeout | null = null;

  constructor(config: BoundedClientConfig = {}) {
    super(config);
    const { answerTimeoutMs } = config;
    if (answerTimeoutMs === undefined) return;
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    // Of an instance: the overloads of `query` cannot be overridden as one method.
    this.query = ((...given: unknown[]) => {
      this.timer ??= setTimeout(() => this.giveUp(answerTimeoutMs), answerTimeoutMs);
      return query(...given);
    }) as typeof this.query;
    this.on('drain', () => this.disarm());
    this.on('end', () => this.disarm());
  }

  private disarm(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Every query on it fails with this error. */
  private giveUp(timeoutMs: number): void {
    this.timer = null;
    const { stream } = (this as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection;
    stream.destroy(new AnswerTimeoutError(`Postgres did not answer within ${timeoutMs} ms`));
  }
}
