/** Parent → seeder. */
export interface SeedPlan {
  brokers: string[];
  tenantId: string;
  /** Each gets its share of the deliveries, in turn. */
  integrationIds: string[];
  /** Which run the events belong to; a part of their ids and data. */
  run: number;
  deliveries: number;
  /** The position in `events` that the first one names; rises by one with each. */
  firstSourceOffset: number;
  dataBytes: number;
}

export type SeedCommand = { kind: 'seed'; plan: SeedPlan };

/** Seeder → parent. */
export type SeedReport = { kind: 'seeded' } | { kind: 'failed'; reason: string };
