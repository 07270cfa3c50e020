import { describe, expect, it } from 'vitest';
import { TenantSql, TenantTables } from './tenant-tables.js';

const tables = new TenantTables(['things', 'other_things'], (name) => `"s".${name}`);

describe('a statement about rows of tenants', () => {
  it('gets the condition on the tenant with the table', () => {
    const statement = tables.sql`select id from ${tables.rows('things')} where id = $2`;
    expect(statement.text).toBe(
      'select id from (select * from "s".things where tenant_id = $1) as things where id = $2',
    );
    expect(tables.rowsFoundById('things').text).toContain('where tenant_id is not distinct from $1)');
    expect(tables.update('things', 'a = $2', 'b or c').text).toBe(
      'update "s".things set a = $2 where tenant_id = $1 and (b or c)',
    );
    expect(tables.delete('things').text).toBe('delete from "s".things where tenant_id = $1 and (true)');
    expect(tables.insert('things', 'id', '$2').text).toBe('insert into "s".things (tenant_id, id) values ($1, $2)');
    expect(tables.sqlOfMany`select 1 from ${tables.rowsOfMany('things')}`.text).toContain(
      'tenant_id = any ($1::text[])',
    );
  });

  it.each([
    'select * from things where tenant_id = $1',
    'select * from "s".things',
    'select * from "things"',
    'SELECT * FROM THINGS',
    'select * from only things',
    'select 1 from generate_series(1, 2), things',
    'select * from other_things join things using (id)',
    'update things set a = 1',
    'delete from things',
    'insert into things (id) values (1)',
    'with a as (select * from things) select * from a',
    'table things',
    'select (select count(*) from things /* where tenant_id = $1 */)',
  ])('cannot name a table by itself: %s', (text) => {
    const texts = Object.assign([text], { raw: [text] });
    for (const statement of [
      () => tables.sql(texts),
      () => tables.sqlOfMany(texts),
      () => tables.sqlOfNobody(texts),
      () => tables.sql`${text}`,
      () => tables.sql`${text.slice(0, -4)}${text.slice(-4)}`,
      () => tables.update('things', 'a = 1', `id in (${text})`),
      () => tables.delete('things', text),
      () => tables.insert('things', 'id', `(${text})`),
      () => tables.join([], text),
    ]) {
      expect(statement).toThrow('past its tenant');
    }
  });

  it('may name what only contains the name of a table, and the columns of one', () => {
    expect(tables.sqlOfNobody`select thing, things_count, things.id, the_things from x`.text).toContain('things_count');
  });

  it('is made of nothing that was not looked at', () => {
    const forged = () => new TenantSql('select * from things', Symbol('MadeHere') as never);
    expect(forged).toThrow('made by TenantTables');
    expect(() => tables.rows('things where true or' as 'things')).toThrow('no table of tenants');
    expect(() => new TenantTables(['a|b'])).toThrow('no name of a table');
  });

  it('of several tenants is not taken for one of one, nor one of nobody for either', () => {
    const sent: string[] = [];
    const send = ({ text }: TenantSql<'tenant'>) => sent.push(text);
    send(tables.sql`select 1 from ${tables.rows('things')}`);
    // @ts-expect-error The compiler refuses it: $1 would be an array.
    send(tables.sqlOfMany`select 1 from ${tables.rowsOfMany('things')}`);
    // @ts-expect-error The compiler refuses it: $1 would be the first of its own parameters.
    send(tables.sqlOfNobody`select 1`);
    // @ts-expect-error The compiler refuses it: nobody has looked at a plain text.
    send({ text: 'select 1 from things' });
    expect(sent).toHaveLength(4);
  });
});
