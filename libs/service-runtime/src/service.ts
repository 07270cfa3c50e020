import type { Messaging } from '@hookstile/messaging';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Logger } from 'pino';
import type { DataSource, MigrationInterface } from 'typeorm';
import type { Clock, RandomBytes } from './clock.js';
import type { PoolBounds } from './database.bounds.js';
import type { BaseEnv } from './env/base.env.js';

export type ServiceName = 'config' | 'event-ingest' | 'dispatcher' | 'audit';

export type MigrationClass = new () => MigrationInterface;

/** What a service's module is made from. */
export interface ServiceContext<E extends BaseEnv = BaseEnv> {
  env: E;
  messaging: Messaging;
  clock: Clock;
  randomBytes: RandomBytes;
  logger: Logger;
  dataSource: DataSource;
  /** Of the definition's `pools`, by name. */
  pools: ReadonlyMap<string, DataSource>;
  /** Connects the database and migrates its schema; at once where that is done. Rejects with `DependencyError`. */
  openDatabase(): Promise<void>;
}

/**
 * When a service's database is opened: before anything else; when its module calls `openDatabase`, so that what needs
 * none works without; or not at all.
 */
export type DatabaseOpening = 'first' | 'by-module' | 'never';

/** A service as the runtime starts it, alone (`runService`) or beside others in one process. */
export interface ServiceDefinition<E extends BaseEnv = BaseEnv> {
  name: ServiceName;
  env: new () => E;
  /** Methods, not function members: so that definitions with different environments fit one list. */
  module(context: ServiceContext<E>): DynamicModule | Type;
  migrations: readonly MigrationClass[];
  /** The database schema unless DATABASE_SCHEMA names another. */
  schema: string;
  /** For a statement of the service's pool, where the usual bound is too short. */
  statementTimeoutMs?: number;
  /** Pools beside the service's own: for what must not wait behind other statements, or must not hold them up. */
  pools?: Readonly<Record<string, PoolBounds>>;
  /** By default `first`. */
  databaseOpening?(env: E): DatabaseOpening;
  /** Dependencies, by their names in `/readyz`, that it takes requests without; by default none. */
  readyWithout?(env: E): readonly string[];
  /** TypeORM entities, for modules that use repositories. */
  entities?: readonly (new () => object)[];
  strategies?(app: INestApplication): CustomTransportStrategy[];
  /** Routes (exact paths) whose handler gets the raw body as a Buffer, whatever its content type. */
  rawBodyRoutes?: readonly string[];
  /** Largest bodies of routes (exact paths, as they are declared) that take more than `BODY_MAX_BYTES`. */
  bodyMaxBytes?: Readonly<Record<string, number>>;
  /** Whether the runtime follows the topic `configuration`; by default all but config do. */
  followsConfiguration?: boolean;
}

/** What tests, and several services in one process, put in place of the real things. The giver closes what it gave. */
export interface ServiceOverrides {
  messaging?: Messaging;
  clock?: Clock;
  randomBytes?: RandomBytes;
  logger?: Logger;
}

export interface RunningService {
  name: string;
  /** Base URL of the HTTP server on this machine. */
  url: string;
  app: INestApplication;
  /** Ends everything in order; the same promise for every call. */
  stop(): Promise<void>;
}
