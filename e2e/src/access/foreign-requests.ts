import { hash } from 'node:crypto';
import { type DocumentedOperation, isFreeText } from './documented-operations.js';
import { idFor, type MarkedThings } from './marked-things.js';

/** A request without its credentials. */
export interface PlannedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** Says the same of a value that the request puts in: another tenant's, or one that nobody has. */
type Given = (value: string) => string;

/** A place of an operation into which a caller can put what names a thing. */
export interface Spot {
  where: string;
  values(of: MarkedThings): readonly string[];
  /** The request with a value of `foreign` in the place; `own` are the caller's things. */
  request(value: string, given: Given, foreign: MarkedThings, own: MarkedThings): PlannedRequest;
}

/** Texts by which nothing is named that belongs to somebody; cursors are tried for themselves. */
const NEUTRAL_PARAMETERS = ['cursor', 'action', 'subjectType'];
const ID_RUN = /[0-9a-z]{6,}/g;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A value of the same form that nobody has. */
export const unknownOf: Given = (value) =>
  value.replaceAll(ID_RUN, (run, at: number) => {
    const digest = hash('sha512', `${run} ${at}`, 'buffer');
    return [...run].map((_, index) => ALPHABET[(digest[index % digest.length] ?? 0) % ALPHABET.length]).join('');
  });

const valuesFor = (name: string, { values }: MarkedThings): readonly string[] => {
  const found = values[name];
  if (!found) throw new Error(`the other tenant has nothing for ${name}: give it one in marked-things.ts`);
  return found;
};

function planned(operation: DocumentedOperation, path: string, body: unknown = operation.example): PlannedRequest {
  const { method, contentType, parameters } = operation;
  const needsVersion = parameters.some(({ name }) => name === 'If-Match');
  return {
    method,
    path,
    headers: { ...(needsVersion ? { 'if-match': '*' } : {}), ...(contentType ? { 'content-type': contentType } : {}) },
    ...(contentType ? { body: body ?? {} } : {}),
  };
}

/** The path with one parameter's value, and a thing of the same tenant's in every other. */
function pathWith(path: string, name: string, value: string, given: Given, foreign: MarkedThings): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const other = parameter === 'id' ? idFor(path, foreign) : foreign.values[parameter]?.[0];
    return encodeURIComponent(given(parameter === name ? value : (other ?? '')));
  });
}

function pathSpots(operation: DocumentedOperation): Spot[] {
  return operation.parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name }) => ({
      where: `{${name}} of the path`,
      values: (of) => valuesFor(name, of),
      request: (value, given, foreign) =>
        planned(operation, pathWith(operation.path, name, value, given, foreign), bodyOf(operation)),
    }));
}

function querySpots(operation: DocumentedOperation): Spot[] {
  if (operation.path.includes('{')) return [];
  return operation.parameters
    .filter((parameter) => parameter.in === 'query' && isFreeText(parameter))
    .filter(({ name }) => !NEUTRAL_PARAMETERS.includes(name))
    .map(({ name }) => ({
      where: `the parameter ${name}`,
      values: (of) => valuesFor(name, of),
      request: (value, given) => planned(operation, `${operation.path}?${name}=${encodeURIComponent(given(value))}`),
    }));
}

const SINCE = '2026-01-02T00:00:00Z';
const HOOK = { url: 'https://example.com/hook' };
const CLOUD_EVENT = { specversion: '1.0', source: '/own', type: 'own', data: {} };
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

/** A body that is right for requests whose path names the thing. */
function bodyOf({ id, example }: DocumentedOperation): unknown {
  return id === 'decision-rules.test' ? { context: {} } : example;
}

type Body = (given: string) => { body: unknown; headers?: Record<string, string> };

/** Members of bodies that name a thing, or that another tenant's thing is found by: operation, member, and a body with it. */
const BODIES: readonly [operation: string, member: string, values: string, body: Body][] = [
  ['api-keys.create', 'name', 'name', (name) => ({ body: { name, role: 'viewer' } })],
  ['integrations.create', 'name', 'name', (name) => ({ body: { name, ...HOOK } })],
  ['integrations.create', 'eventTypes', 'eventTypes', (type) => ({ body: { name: 'n', ...HOOK, eventTypes: [type] } })],
  ['integrations.apply', 'name', 'name', (name) => ({ body: { items: [{ name, ...HOOK }], dryRun: true } })],
  [
    'integrations.apply',
    'eventTypes',
    'eventTypes',
    (type) => ({ body: { items: [{ name: 'n', ...HOOK, eventTypes: [type] }], dryRun: true } }),
  ],
  ['integrations.update', 'name', 'name', (name) => ({ body: { name } })],
  ['integrations.update', 'eventTypes', 'eventTypes', (type) => ({ body: { eventTypes: [type] } })],
  ['integrations.test', 'eventType', 'eventType', (eventType) => ({ body: { eventType } })],
  ['decision-rules.create', 'name', 'name', (name) => ({ body: { name, method: 'GET', ...HOOK } })],
  ['decision-rules.update', 'name', 'name', (name) => ({ body: { name } })],
  ['decisions.make', 'rule', 'rule', (rule) => ({ body: { rule, context: {} } })],
  [
    'recoveries.create',
    'integrationId',
    'integrationId',
    (integrationId) => ({ body: { integrationId, since: SINCE } }),
  ],
  [
    'recoveries.create',
    'integrationId',
    'integrationId',
    (integrationId) => ({ body: { integrationId, since: SINCE, dryRun: true } }),
  ],
  ['events.emit', 'id', 'eventId', (id) => ({ headers: STRUCTURED, body: { ...CLOUD_EVENT, id } })],
  [
    'events.emit',
    'source',
    'source',
    (source) => ({ headers: STRUCTURED, body: { ...CLOUD_EVENT, id: 'own', source } }),
  ],
  ['events.emit', 'type', 'type', (type) => ({ headers: STRUCTURED, body: { ...CLOUD_EVENT, id: 'own-2', type } })],
  [
    'events.emit',
    'tenantid',
    'tenantid',
    (tenantid) => ({ headers: STRUCTURED, body: { ...CLOUD_EVENT, id: 'own-3', tenantid } }),
  ],
  [
    'events.emit',
    'ce-tenantid',
    'tenantid',
    (tenant) => ({
      headers: {
        'ce-specversion': '1.0',
        'ce-id': 'own-4',
        'ce-source': '/own',
        'ce-type': 'own',
        'ce-tenantid': tenant,
      },
      body: {},
    }),
  ],
];

/** What members of bodies are called that name a thing. */
const NAMING_MEMBER = /^(id|name|rule|source|type|eventTypes?|\w+Ids?)$/;
/** Members that are called so and name nothing of anybody's. */
const NEUTRAL_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  // `auth.type`, `clientId`: the caller's own settings.
  'integrations.create': ['type', 'clientId'],
  'integrations.apply': ['type', 'clientId'],
  'integrations.update': ['type', 'clientId'],
  'decision-rules.create': ['type', 'clientId'],
  'decision-rules.update': ['type', 'clientId'],
};

/** Members that could name a thing and are tried nowhere. */
export function untriedMembers({ id, members, access }: DocumentedOperation): string[] {
  if (access.kind === 'platform') return [];
  const tried = BODIES.filter(([operation]) => operation === id).map(([, member]) => member);
  return [...members].filter(
    (member) => NAMING_MEMBER.test(member) && !tried.includes(member) && !NEUTRAL_MEMBERS[id]?.includes(member),
  );
}

function bodySpots(operation: DocumentedOperation): Spot[] {
  return BODIES.filter(([id]) => id === operation.id).map(([, member, values, body]) => ({
    where: `the member ${member} of the body`,
    values: (of) => valuesFor(values, of),
    request: (value, given, _foreign, own) => {
      const made = body(given(value));
      const request = planned(operation, operation.path.replace('{id}', idFor(operation.path, own)), made.body);
      return { ...request, headers: { ...request.headers, ...made.headers } };
    },
  }));
}

/** Every place of an operation that takes what names a thing. */
export function spotsOf(operation: DocumentedOperation): Spot[] {
  return [...pathSpots(operation), ...querySpots(operation), ...bodySpots(operation)];
}
