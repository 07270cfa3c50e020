/** A schema or table name inside an SQL statement. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Statements that create the store's two tables in `schema`; a service's first migration runs them. */
export function eventStoreTables(schema: string): string[] {
  const into = quoted(schema);
  return [
    `CREATE TABLE ${into}.domain_events (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      aggregate text NOT NULL,
      aggregate_id text NOT NULL,
      version integer NOT NULL,
      type text NOT NULL,
      at timestamptz NOT NULL,
      data jsonb NOT NULL,
      metadata jsonb NOT NULL,
      UNIQUE (aggregate, aggregate_id, version)
    )`,
    `CREATE TABLE ${into}.outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      topic text NOT NULL,
      partition integer NOT NULL,
      key text NOT NULL,
      headers jsonb NOT NULL,
      value bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz
    )`,
    `CREATE INDEX outbox_unpublished ON ${into}.outbox (id) WHERE published_at IS NULL`,
    `CREATE INDEX outbox_published ON ${into}.outbox (published_at) WHERE published_at IS NOT NULL`,
  ];
}

/** Statements of a later migration: domain events say which version of their form they have; those that are there are 1. */
export function domainEventSchemaVersions(schema: string): string[] {
  return [`ALTER TABLE ${quoted(schema)}.domain_events ADD COLUMN schema_version integer NOT NULL DEFAULT 1`];
}

export function dropEventStoreTables(schema: string): string[] {
  return [`DROP TABLE ${quoted(schema)}.outbox`, `DROP TABLE ${quoted(schema)}.domain_events`];
}
