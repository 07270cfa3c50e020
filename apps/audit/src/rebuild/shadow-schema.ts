import type { ClientBase } from 'pg';
import { TABLES } from '../projection/projection.store.typeorm.js';
import { COMPARED_TABLES } from './compared-tables.js';
import type { LogStart } from './log-horizon.js';

/**
 * A schema beside the live one with the same tables, empty and in one piece each: the projections write into it as
 * they do into their own. It takes as much disk as what topics hold, and goes in the end.
 */
export class ShadowSchema {
  readonly name: string;

  constructor(
    private readonly client: ClientBase,
    private readonly live: string,
  ) {
    this.name = `${live}_rebuild`;
  }

  /** What a rebuild that was killed has left goes first. */
  async create(): Promise<void> {
    await this.drop();
    await this.client.query(`create schema "${this.name}"`);
    await this.client.query(`create sequence "${this.name}".attempt_flushes`);
    const others = TABLES.filter(({ name }) => COMPARED_TABLES.every((table) => table.name !== name));
    for (const { name, key } of [...COMPARED_TABLES, ...others.map((table) => ({ ...table, key: [table.key] }))]) {
      await this.client.query(
        `create table "${this.name}".${name} (like "${this.live}".${name}
           including defaults including storage including compression, primary key (${key.join(', ')}))`,
      );
    }
  }

  /** Epochs that the journal's log begins behind: they say which of its records are late. */
  async takeOverEpochs(starts: readonly LogStart[]): Promise<void> {
    for (const { partition, offset } of starts.filter(({ topic }) => topic === 'attempts')) {
      await this.client.query(
        `insert into "${this.name}".partition_epochs
         select * from "${this.live}".partition_epochs where partition = $1 and first_offset < $2`,
        [partition, offset],
      );
    }
  }

  async drop(): Promise<void> {
    await this.client.query(`drop schema if exists "${this.name}" cascade`);
  }
}
