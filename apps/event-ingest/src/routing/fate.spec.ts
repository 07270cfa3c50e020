import type { IntegrationConfiguration } from '@hookstile/contracts';
import { anIntegration } from '@hookstile/testing';
import { expect, test } from 'vitest';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import { IntegrationMatcher } from '../match/integration-matcher.js';
import { type Fate, fateOf } from './fate.js';
import { sourceRecordOf } from './source-record.js';

const of = (id: string, ...eventTypes: string[]) => anIntegration({ id, settings: { eventTypes } });

const integrations = [of('int_a', 'hookstile.*'), of('int_b', 'hookstile.integration.*', '*'), of('int_c', '*')];

function fateWith(integrationsOfTenant: readonly IntegrationConfiguration[], attributes: Record<string, string>): Fate {
  const configuration: RoutingConfiguration = {
    knowsTenant: () => true,
    matcherOf: () => new IntegrationMatcher(integrationsOfTenant),
    isRecent: true,
    catchUp: async () => {},
  };
  const given = { ce_specversion: '1.0', ce_id: 'e', ce_source: '/s', ce_tenantid: 'ten_1', ...attributes };
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Buffer.from(value)]));
  const place = { topic: 'events', partition: 0, offset: 0, key: null, timestampMs: 0 };
  const source = sourceRecordOf({ ...place, headers, value: Buffer.from('1') });
  const holders = new Map(source.inboxEntry ? [[source.inboxEntry.key, source.inboxEntry]] : []);
  return fateOf(source, configuration, { holders, rejected: new Map(), refused: new Set() });
}

function receiversOf(attributes: Record<string, string>, from = integrations): readonly string[] | string {
  const fate = fateWith(from, attributes);
  return fate.outcome === 'routed' ? fate.integrations.map(({ id }) => id) : fate.outcome;
}

const operational = { ce_type: 'hookstile.integration.failing', ce_source: 'hookstile:/config' };

test('an operational event goes to those that name its type, and never to the integration that it is about', () => {
  expect(receiversOf({ ...operational, ce_subject: 'int_c' })).toEqual(['int_a', 'int_b']);
  expect(receiversOf({ ...operational, ce_subject: 'int_a' })).toEqual(['int_b']);
  expect(receiversOf({ ...operational, ce_subject: 'int_b' })).toEqual(['int_a']);
});

test('the subject of any other event keeps nobody from it', () => {
  expect(receiversOf({ ce_type: 't', ce_subject: 'int_b' })).toEqual(['int_b', 'int_c']);
});

test('an operational event can be filtered as any other', () => {
  const filter = [{ pointer: '/subject', op: 'prefix', value: 'int_x' } as const];
  const all = [anIntegration({ id: 'int_a', settings: { eventTypes: ['hookstile.*'], filter } })];
  expect(receiversOf({ ...operational, ce_subject: 'int_x1' }, all)).toEqual(['int_a']);
  expect(receiversOf({ ...operational, ce_subject: 'int_y1' }, all)).toBe('filtered');
});

test('an event that nobody gets says whether its type is why', () => {
  const filter = [{ pointer: '/data', op: 'gt', value: 5 } as const];
  const all = [anIntegration({ settings: { eventTypes: ['a'], filter } })];
  const detailOf = (type: string) => {
    const fate = fateWith(all, { ce_type: type });
    return fate.outcome === 'filtered' ? fate.detail : fate.outcome;
  };
  expect(detailOf('a')).toBe('Integrations want events of this type, but not this one.');
  expect(detailOf('b')).toBe('No integration wants events of this type.');
});
