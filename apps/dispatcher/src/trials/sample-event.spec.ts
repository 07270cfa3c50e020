import { anIntegration } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { sampleDataOf, sampleTypeOf } from './sample-event.js';

const of = (eventTypes: string[], profile = 'standard-webhooks') =>
  anIntegration({ settings: { eventTypes, profile } });

test.each([
  [['*'], 'standard-webhooks', 'hookstile.test'],
  [['a.*', 'b.c', '*'], 'standard-webhooks', 'b.c'],
  [['a.b.*'], 'standard-webhooks', 'a.b.test'],
  [['hookstile.*'], 'standard-webhooks', 'hookstile.integration.failing'],
  [['device.*'], 'metaaccess', 'device.compliant'],
  [['*'], 'metaaccess', 'device.compliant'],
  [['agent.*'], 'metaaccess', 'agent.test'],
  [['event.start', 'event.end'], 'netography', 'event.start'],
])('a test of %j under %s sends %s', (eventTypes, profile, type) => {
  expect(sampleTypeOf(of(eventTypes, profile))).toBe(type);
});

test('data is what receivers of the profile, or of operational events, understand; else it says that it is a test', () => {
  expect(sampleDataOf(of(['*'], 'metaaccess'), 'device.deleted')).toHaveProperty('device_id');
  expect(sampleDataOf(of(['*'], 'metaaccess'), 'hookstile.integration.disabled')).toHaveProperty('integrationId');
  expect(sampleDataOf(of(['*']), 'a.b')).toEqual({ test: true });
});
