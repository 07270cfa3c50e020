import type { QueryRunner } from 'typeorm';

/** The schema whose tables a migration makes. */
export function schemaOf(queryRunner: QueryRunner): string {
  const { options } = queryRunner.dataSource;
  return ('schema' in options && options.schema) || 'config';
}
