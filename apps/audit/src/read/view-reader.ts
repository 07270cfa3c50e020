import type { DataSource } from 'typeorm';

/** A search without an index walks through all of a tenant's rows; it must not keep a connection from the projector. */
export const READ_TIMEOUT_MS = 10_000;

/** Reads the views under a bound of time; a statement beyond it is cancelled, and its error means `unavailable`. */
export class ViewReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly timeoutMs = READ_TIMEOUT_MS,
  ) {}

  async query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      // Local to a transaction: the connection goes back to the pool that the projector writes through.
      await runner.query(`begin read only; set local statement_timeout to ${this.timeoutMs}`);
      const rows: Row[] = await runner.query(statement, [...parameters]);
      await runner.query('commit');
      return rows;
    } catch (error) {
      await runner.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}
