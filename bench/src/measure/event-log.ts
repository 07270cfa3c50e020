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
