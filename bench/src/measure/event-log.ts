import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const POLL_MS = 100;
const TIMEOUT_MS = 60_000;

/** Rows of the event log, and of parked deliveries, counted where they are. */
export class EventLog {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(databaseUrl: string): Promise<EventLog> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new EventLog(client);
  }

  async rows(): Promise<number> {
    const { rows } = await this.#client.query<{ n: string }>('SELECT count(*) AS n FROM audit.attempts');
    return Number(rows[0]?.n ?? 0);
  }

  /**
   * How many records of a topic that began at offset 0 are projected. A look at a few rows: counting a million of them
   * several times a second would cost Postgres more than writing them.
   */
  async projected(topic: 'attempts' | 'deliveries'): Promise<number> {
    const { rows } = await this.#client.query<{ n: string }>(
      'SELECT sum(next_offset) AS n FROM audit.projection_positions WHERE topic = $1',
      [topic],
    );
    return Number(rows[0]?.n ?? 0);
  }

  /** Attempts that are projected and are no row, each being one; at one moment. */
  async missing(): Promise<number> {
    const { rows } = await this.#client.query<{ n: string }>(
      `SELECT (SELECT sum(next_offset) FROM audit.projection_positions WHERE topic = 'attempts')
        - (SELECT count(*) FROM audit.attempts) AS n`,
    );
    return Number(rows[0]?.n ?? 0);
  }

  async parked(): Promise<number> {
    const { rows } = await this.#client.query<{ n: string }>('SELECT count(*) AS n FROM dispatcher.waiting_delivery');
    return Number(rows[0]?.n ?? 0);
  }

  /** Resolves with the milliseconds it took until `count` rows were there. */
  async reached(count: number): Promise<number> {
    const startedAt = performance.now();
    for (let rows = await this.rows(); rows < count; rows = await this.rows()) {
      if (performance.now() - startedAt > TIMEOUT_MS) {
        throw new Error(`the event log has ${rows} of ${count} rows ${TIMEOUT_MS / 1_000} s after the last delivery`);
      }
      await sleep(POLL_MS);
    }
    return performance.now() - startedAt;
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
