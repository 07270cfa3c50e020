import type { Condition, EventAttributes, IntegrationConfiguration } from '@hookstile/contracts';
import type { MatchedEvent } from './event-values.js';

type Json = Record<string, unknown>;

const ABSENT = Symbol('absent');

function documentOf({ source, id, type, subject, time, extensions }: EventAttributes, data: Buffer): Json {
  const given = Object.entries({ source, id, type, subject, time }).filter(([, value]) => value !== null);
  return Object.fromEntries([
    ['specversion', '1.0'],
    ['datacontenttype', 'application/json'],
    ...Object.entries(extensions),
    ...given,
    ['data', JSON.parse(data.toString())],
  ]);
}

function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value: unknown, token) => {
      if (typeof value !== 'object' || value === null) return ABSENT;
      if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(token)) return ABSENT;
      return Object.hasOwn(value, token) ? (value as Json)[token] : ABSENT;
    }, document);
}

/** By doubles: right for numbers that one of them is. */
function holds({ pointer, op, value }: Condition, document: Json): boolean {
  const found = at(document, pointer);
  const isNumber = typeof found === 'number';
  switch (op) {
    case 'eq':
      return found === value;
    case 'ne':
      return found !== value;
    case 'in':
      return value.some((each) => each === found);
    case 'not_in':
      return !value.some((each) => each === found);
    case 'contains':
      return Array.isArray(found) && found.some((element) => element === value);
    case 'exists':
      return (found !== ABSENT) === value;
    case 'prefix':
      return typeof found === 'string' && found.startsWith(value);
    case 'gt':
      return isNumber && found > value;
    case 'gte':
      return isNumber && found >= value;
    case 'lt':
      return isNumber && found < value;
    case 'lte':
      return isNumber && found <= value;
  }
}

export function wantsType(pattern: string, type: string): boolean {
  if (pattern === '*') return !type.startsWith('hookstile.');
  return pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}

/** What a matcher finds: by asking every condition of every integration of the whole event, parsed. */
export function naiveMatch(
  integrations: readonly IntegrationConfiguration[],
  { attributes, data }: MatchedEvent,
): IntegrationConfiguration[] {
  const document = documentOf(attributes, data);
  return integrations.filter(
    ({ settings: { eventTypes, filter = [] } }) =>
      eventTypes.some((pattern) => wantsType(pattern, attributes.type)) &&
      filter.every((condition) => holds(condition, document)),
  );
}
