import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** Reads the views. */
export class ViewReader {
  /** The time, in Unix milliseconds, only tells where to look first. */
  constructor(
    private readonly dataSource: DataSource,
    readonly nowMs: () => number = Date.now,
  ) {}

  query<Row>(statement: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.dataSource.query(statement, [...parameters]);
  }

  /**
   * The same with a plan that each connection keeps under the statement's name: to plan what looks into forty partitions
   * takes several times as long as to look into them. For statements whose text never differs.
   */
  async prepared<Row extends object>(
    name: string,
    statement: string,
    parameters: readonly unknown[],
  ): Promise<readonly Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return (await client.query<Row>({ name, text: statement, values: [...parameters] })).rows;
    } finally {
      await runner.release();
    }
  }
}
