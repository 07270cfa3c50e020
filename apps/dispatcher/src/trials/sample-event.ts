import { ANY_TYPE, type IntegrationConfiguration, isReservedType, PREFIX_SUFFIX } from '@hookstile/contracts';

/** What a trial's event is about, where nobody has said what such events look like. */
interface Sample {
  readonly type: string;
  readonly data: unknown;
}

/** By profile: events that the products' own receivers understand. */
const BY_PROFILE: ReadonlyMap<string, Sample> = new Map([
  ['metaaccess', { type: 'device.compliant', data: { device_id: 'hookstile-test' } }],
  [
    'defensx',
    { type: 'UserRequest.Create', data: { type: 'UserRequest', id: 1, report_type: 'url_block', test: true } },
  ],
  ['netography', { type: 'event.start', data: { id: 'hookstile-test', summary: 'A test of Hookstile', test: true } }],
]);

const OPERATIONAL: Sample = {
  type: 'hookstile.integration.failing',
  data: {
    integrationId: 'int_test',
    integrationName: 'A test of Hookstile',
    state: 'enabled',
    reason: 'push_failed',
    consecutiveFailures: 1,
    version: 1,
    at: '2026-01-01T00:00:00.000Z',
  },
};

const ANY: Sample = { type: 'hookstile.test', data: { test: true } };

function isPattern(eventType: string): boolean {
  return eventType === ANY_TYPE || eventType.endsWith(PREFIX_SUFFIX);
}

function matches(pattern: string, type: string): boolean {
  if (pattern.endsWith(PREFIX_SUFFIX)) return type.startsWith(pattern.slice(0, -1));
  return pattern === type || (pattern === ANY_TYPE && !isReservedType(type));
}

/** The first type that the integration names; else a sample's that it takes; else one below its first prefix. */
export function sampleTypeOf({ settings: { eventTypes, profile } }: IntegrationConfiguration): string {
  const named = eventTypes.find((eventType) => !isPattern(eventType));
  if (named !== undefined) return named;
  const samples = [BY_PROFILE.get(profile), OPERATIONAL].filter((sample) => sample !== undefined);
  const taken = samples.find(({ type }) => eventTypes.some((pattern) => matches(pattern, type)));
  if (taken) return taken.type;
  const prefix = eventTypes.find((eventType) => eventType.endsWith(PREFIX_SUFFIX));
  return prefix === undefined ? ANY.type : `${prefix.slice(0, -1)}test`;
}

/** Data of an event of the type, as the integration's profile expects it. */
export function sampleDataOf({ settings: { profile } }: IntegrationConfiguration, type: string): unknown {
  const operational = isReservedType(type) && type !== ANY.type ? OPERATIONAL : undefined;
  return (operational ?? BY_PROFILE.get(profile) ?? ANY).data;
}
