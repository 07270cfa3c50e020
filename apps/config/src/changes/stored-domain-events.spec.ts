import { readdirSync, readFileSync } from 'node:fs';
import { newestSchemaVersion } from '@hookstile/event-sourcing';
import { describe, expect, it } from 'vitest';
import { AGGREGATES, type KnownAggregate } from './aggregates.js';

/** A domain event as the release that froze it had stored it; `data` is the exact text of the database's JSON. */
interface Fixture {
  /** What stands before it in its stream, by the names of fixtures. */
  follows: string[];
  stored: { type: string; schemaVersion: number; at: string; data: string };
  /** Of the aggregate after it. */
  state: unknown;
}

const FOLDER = new URL('stored-domain-events/', import.meta.url);
const fixture = (name: string): Fixture => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

/** `IntegrationUpdated.v2`, and beside it `IntegrationUpdated.v2.filter` with what came later and may be absent. */
const files = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
const formOf = (file: string): string => file.split('.', 2).join('.');

/** Every version of every domain event that may stand in a database. */
const stored = AGGREGATES.flatMap((aggregate) =>
  aggregate.forms.types.flatMap((type) =>
    Array.from({ length: newestSchemaVersion(aggregate.forms, type) }, (_, index) => ({
      aggregate,
      name: `${type}.v${index + 1}`,
    })),
  ),
);

function stateAfter(aggregate: KnownAggregate, names: string[]): unknown {
  const fold = aggregate.fold('id_1');
  for (const [index, name] of names.entries()) {
    const { data, ...form } = fixture(name).stored;
    fold.take({ ...form, data: JSON.parse(data), metadata: {}, sequence: index + 1, version: index + 1 });
  }
  return fold.state;
}

describe('stored domain events', () => {
  it('have a frozen fixture for each version of each type, and none of a type that no aggregate has', () => {
    const names = new Set(files.map(formOf));
    expect([...names].sort()).toEqual(stored.map(({ name }) => name).sort());
  });

  it.each(stored)('of $name fold to the state that they were frozen with', ({ aggregate, name }) => {
    for (const file of files.filter((each) => formOf(each) === name)) {
      const { follows, state, stored: own } = fixture(file);
      expect(`${own.type}.v${own.schemaVersion}`).toBe(name);
      expect(stateAfter(aggregate, [...follows, file])).toEqual(state);
    }
  });
});
