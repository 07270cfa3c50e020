export type Upstream = 'config' | 'event-ingest' | 'dispatcher' | 'audit';

/** First segments below /v1 by the service that answers them. */
const BY_SEGMENT: Readonly<Record<string, Upstream>> = {
  tenants: 'config',
  'api-keys': 'config',
  me: 'config',
  profiles: 'config',
  'event-types': 'config',
  integrations: 'config',
  'integrations:apply': 'config',
  'decision-rules': 'config',
  decisions: 'dispatcher',
  'event-log': 'audit',
  deliveries: 'audit',
  recoveries: 'audit',
  'audit-log': 'audit',
  'activity-log': 'audit',
  stats: 'audit',
};

const LANES = /^\/v1\/integrations\/[^/]+\/lanes(?:\/|$)/;
/** A test sends a request as a delivery does; a rule's dry run asks its webhook as a decision does. */
const TEST = /^\/v1\/(?:integrations|decision-rules)\/[^/]+\/test$/;
const FIRST_SEGMENT = /^\/v1\/([^/]+)(?:\/|$)/;

/** Whether an answer has no end of its own. `path` has no query. */
export function isStream(path: string): boolean {
  return path === '/v1/event-log/stream';
}

/** Which service answers a request of the public surface; null: there is no such route. `path` has no query. */
export function upstreamOf(method: string, path: string): Upstream | null {
  if (LANES.test(path) || TEST.test(path)) return 'dispatcher';
  const segment = FIRST_SEGMENT.exec(path)?.[1];
  if (segment === undefined) return null;
  // One path, two services: producers write events, readers ask what became of them.
  if (segment === 'events')
    return method === 'GET' || method === 'HEAD' || path !== '/v1/events' ? 'audit' : 'event-ingest';
  return Object.hasOwn(BY_SEGMENT, segment) ? (BY_SEGMENT[segment] ?? null) : null;
}
