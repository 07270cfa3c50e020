import type { TenantSql } from '@hookstile/service-runtime';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';

/** Reads the views: rows of the tenants that it is told, and of no other. */
export class ViewReader {
  /** The time, in Unix milliseconds, only tells where to look first. */
  constructor(
    private readonly dataSource: DataSource,
    readonly nowMs: () => number = Date.now,
  ) {}

  /** @param parameters from `$2` on */
  read<Row>(tenantId: string, statement: TenantSql<'tenant'>, parameters: readonly unknown[]): Promise<Row[]> {
    return this.send(statement.text, [tenantId, ...parameters]);
  }

  /**
   * The same with a plan that each connection keeps under the statement's name: to plan what looks into forty partitions
   * takes several times as long as to look into them. For statements whose text never differs.
   */
  readPrepared<Row extends object>(
    tenantId: string,
    name: string,
    statement: TenantSql<'tenant'>,
    parameters: readonly unknown[],
  ): Promise<readonly Row[]> {
    return this.sendPrepared(name, statement.text, [tenantId, ...parameters]);
  }

  /** Rows of several tenants, for who tells them apart. @param parameters from `$2` on */
  readOfMany<Row>(
    tenantIds: readonly string[],
    statement: TenantSql<'tenants'>,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    return this.send(statement.text, [tenantIds, ...parameters]);
  }

  /** What belongs to no tenant. */
  readOfNobody<Row>(statement: TenantSql<'nobody'>, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.send(statement.text, parameters);
  }

  protected send<Row>(text: string, parameters: readonly unknown[]): Promise<Row[]> {
    return this.dataSource.query(text, [...parameters]);
  }

  protected async sendPrepared<Row extends object>(
    name: string,
    text: string,
    parameters: readonly unknown[],
  ): Promise<readonly Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return (await client.query<Row>({ name, text, values: [...parameters] })).rows;
    } finally {
      await runner.release();
    }
  }
}
