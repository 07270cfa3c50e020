import { anIntegration } from '@hookstile/testing';
import { expect, test } from 'vitest';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import { fateOf } from './fate.js';
import { sourceRecordOf } from './source-record.js';

const of = (id: string, ...eventTypes: string[]) => anIntegration({ id, settings: { eventTypes } });

const configuration: RoutingConfiguration = {
  knowsTenant: () => true,
  integrationsOf: () => [of('int_a', 'hookstile.*'), of('int_b', 'hookstile.integration.*', '*'), of('int_c', '*')],
  catchUp: async () => {},
};

function receiversOf(attributes: Record<string, string>): readonly string[] | string {
  const given = { ce_specversion: '1.0', ce_id: 'e', ce_source: '/s', ce_tenantid: 'ten_1', ...attributes };
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Buffer.from(value)]));
  const place = { topic: 'events', partition: 0, offset: 0, key: null, timestampMs: 0 };
  const source = sourceRecordOf({ ...place, headers, value: Buffer.from('1') });
  const holders = new Map(source.inboxEntry ? [[source.inboxEntry.key, source.inboxEntry]] : []);
  const fate = fateOf(source, configuration, { holders, refused: new Set() });
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
