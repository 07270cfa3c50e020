import type { TopicName } from '@hookstile/contracts';

export { MESSAGING } from '@hookstile/messaging';
export { KEY_DIRECTORY } from './auth/principal.js';
export { CLOCK, RANDOM_BYTES } from './clock.js';
export { CONFIGURATION_PROJECTION } from './configuration/configuration-projection.js';
export { READINESS } from './readiness.js';
export { KEY_RING } from './secrets/key-ring.js';
export { TELEMETRY } from './telemetry/metrics.js';

/** The service's environment, an instance of its env class. */
export const ENV = Symbol('Env');
export const DATA_SOURCE = Symbol('DataSource');
/** `ReadonlyMap<string, DataSource>`: the pools that the service's definition names beside its own. */
export const POOLS = Symbol('Pools');
/** `OpenDatabase`: for modules of services that open their database themselves. */
export const OPEN_DATABASE = Symbol('OpenDatabase');
/** The service's pino logger. */
export const LOGGER = Symbol('Logger');
/** `TopicsByName`: the full name of a topic. */
export const TOPICS = Symbol('Topics');
/** The configured number of partitions of each topic. */
export const PARTITION_COUNT = Symbol('PartitionCount');

export type OpenDatabase = () => Promise<void>;

export type TopicsByName = (name: TopicName) => string;
