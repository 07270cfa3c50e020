import { dropEventStoreTables, eventStoreTables, quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

const READ_MODEL_COLUMNS = `
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  version integer NOT NULL,
  deleted boolean NOT NULL,
  position bigint NOT NULL,
  state jsonb NOT NULL`;

/** Domain events, the outbox, and a read model for each aggregate: its newest state and the columns that are searched. */
export class FirstTables1763798400000 implements MigrationInterface {
  name = 'FirstTables1763798400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const schema = schemaOf(queryRunner);
    const into = quoted(schema);
    for (const statement of eventStoreTables(schema)) await queryRunner.query(statement);
    for (const table of ['tenants', 'integrations']) {
      await queryRunner.query(`CREATE TABLE ${into}.${table} (${READ_MODEL_COLUMNS})`);
    }
    await queryRunner.query(`CREATE TABLE ${into}.api_keys (${READ_MODEL_COLUMNS}, hash text NOT NULL UNIQUE)`);
    for (const table of ['tenants', 'api_keys', 'integrations']) {
      await queryRunner.query(
        `CREATE INDEX ${table}_newest ON ${into}.${table} (tenant_id, position DESC) WHERE NOT deleted`,
      );
    }
    await queryRunner.query(`CREATE INDEX tenants_all_newest ON ${into}.tenants (position DESC) WHERE NOT deleted`);
    await queryRunner.query(
      `CREATE TABLE ${into}.integration_failures (
        integration_id text PRIMARY KEY,
        enablement integer NOT NULL,
        sequence bigint NOT NULL,
        consecutive_failures integer NOT NULL
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const schema = schemaOf(queryRunner);
    for (const table of ['integration_failures', 'integrations', 'api_keys', 'tenants']) {
      await queryRunner.query(`DROP TABLE ${quoted(schema)}.${table}`);
    }
    for (const statement of dropEventStoreTables(schema)) await queryRunner.query(statement);
  }
}
