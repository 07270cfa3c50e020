import type { ListPosition, PageRequest } from './list-page.js';

/** Conditions and their parameters, numbered as they are added. */
export class SqlConditions {
  readonly #texts = ['tenant_id = $1'];
  readonly parameters: unknown[];

  /** Of every list the tenant is the first condition, and the parameter $1. */
  constructor(tenantId: string) {
    this.parameters = [tenantId];
  }

  /** `text` holds `?` once or more for the value. */
  and(text: string, value: unknown): this {
    this.parameters.push(value);
    this.#texts.push(text.replaceAll('?', `$${this.parameters.length}`));
    return this;
  }

  /** Adds the condition where the filter was given. */
  given(text: string, value: unknown): this {
    return value === undefined ? this : this.and(text, value);
  }

  /** Goes on behind a position of a list that is ordered by `time` and `key`, newest first. */
  behind(time: string, key: string, after: ListPosition | null): this {
    if (!after) return this;
    this.parameters.push(new Date(after.atMs), after.key);
    const [at, id] = [this.parameters.length - 1, this.parameters.length];
    // The first half is implied by the second, and is what an index on the time can use.
    this.#texts.push(`${time} <= $${at} and (${time}, ${key}) < ($${at}, $${id})`);
    return this;
  }

  get where(): string {
    return this.#texts.join(' and ');
  }
}

/**
 * The deliveries of the event with id `?`, of the tenant $1. An index on the event id of each delivery and attempt
 * would cost more than all lists by it; the event's own row knows its deliveries.
 */
export const DELIVERIES_OF_EVENT = `array(select unnest(routed.delivery_ids) from events as routed
  where routed.tenant_id = $1 and routed.event_id = ?)`;

/** The end of a list's statement; one row more than asked for shows whether more follow. */
export function newestFirstSql(time: string, key: string, page: PageRequest): string {
  return `order by ${time} desc, ${key} desc limit ${page.limit + 1}`;
}

export const toMs = (time: Date): number => time.getTime();
export const toNullableMs = (time: Date | null): number | null => time?.getTime() ?? null;
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const toNullableIso = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
