import { quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/** The read model of decision rules. Rules are asked for by name, so a name is one rule's in its tenant. */
export class DecisionRules1764500000000 implements MigrationInterface {
  name = 'DecisionRules1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const into = quoted(schemaOf(queryRunner));
    await queryRunner.query(
      `CREATE TABLE ${into}.decision_rules (
        id text PRIMARY KEY,
        tenant_id text NOT NULL,
        version integer NOT NULL,
        deleted boolean NOT NULL,
        position bigint NOT NULL,
        state jsonb NOT NULL
      )`,
    );
    await queryRunner.query(
      `CREATE INDEX decision_rules_newest ON ${into}.decision_rules (tenant_id, position DESC) WHERE NOT deleted`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX decision_rules_names ON ${into}.decision_rules (tenant_id, (state #>> '{settings,name}'))
       WHERE NOT deleted`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${quoted(schemaOf(queryRunner))}.decision_rules`);
  }
}
