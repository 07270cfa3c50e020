import { domainEventSchemaVersions, quoted } from '@hookstile/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './schema-of.js';

/**
 * Domain events say which version of their form they have; all that are there have the first. Read models of integrations
 * get the members that the first builds did not know, as the upcasts of their domain events give them.
 */
export class DomainEventForms1764600000000 implements MigrationInterface {
  name = 'DomainEventForms1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const schema = schemaOf(queryRunner);
    for (const statement of domainEventSchemaVersions(schema)) await queryRunner.query(statement);
    await queryRunner.query(
      `UPDATE ${quoted(schema)}.integrations SET state = jsonb_set(state, '{settings}',
         '{"profileVersion": 1, "rateLimit": null}'::jsonb || (state->'settings') || jsonb_build_object(
           'request', '{"tls": {"verify": true}}'::jsonb || (state->'settings'->'request')))
       WHERE NOT (state->'settings' ?& array['profileVersion', 'rateLimit'] AND state->'settings'->'request' ? 'tls')`,
    );
  }

  /** The members that were added say what their absence said. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE ${quoted(schemaOf(queryRunner))}.domain_events DROP COLUMN schema_version`);
  }
}
