import { OPERATIONS } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { upstreamOf } from './route-table.ts';

describe('the route table of the gateway', () => {
  it.each([
    ['POST', '/v1/tenants', 'config'],
    ['PATCH', '/v1/tenants/t1', 'config'],
    ['DELETE', '/v1/api-keys/k', 'config'],
    ['GET', '/v1/me', 'config'],
    ['GET', '/v1/profiles/metaaccess', 'config'],
    ['PUT', '/v1/event-types/a.b', 'config'],
    ['POST', '/v1/integrations/int_1/enable', 'config'],
    ['PUT', '/v1/integrations:apply', 'config'],
    ['GET', '/v1/integrations/lanes', 'config'],
    ['POST', '/v1/decision-rules/r/enable', 'config'],
    ['PATCH', '/v1/decision-rules/test', 'config'],
    ['POST', '/v1/decision-rules/r/test', 'dispatcher'],
    ['POST', '/v1/events', 'event-ingest'],
    ['DELETE', '/v1/events', 'event-ingest'],
    ['GET', '/v1/events', 'audit'],
    ['GET', '/v1/integrations/int_1/lanes', 'dispatcher'],
    ['GET', '/v1/integrations/int_1/lanes/a%2Fb/deliveries', 'dispatcher'],
    ['POST', '/v1/integrations/int_1/lanes/k/skip', 'dispatcher'],
    ['POST', '/v1/integrations/int_1/test', 'dispatcher'],
    ['PATCH', '/v1/integrations/test', 'config'],
    ['POST', '/v1/decisions', 'dispatcher'],
    ['GET', '/v1/event-log/stream', 'audit'],
    ['POST', '/v1/deliveries/dlv_1/redeliver', 'audit'],
    ['DELETE', '/v1/recoveries/r', 'audit'],
    ['GET', '/v1/audit-log', 'audit'],
    ['GET', '/v1/activity-log', 'audit'],
    ['GET', '/v1/stats', 'audit'],
  ])('sends %s %s to %s', (method, path, upstream) => {
    expect(upstreamOf(method, path)).toBe(upstream);
  });

  it.each(Object.entries(OPERATIONS))('sends %s to the service that answers it', (_id, { method, path, service }) => {
    expect(upstreamOf(method, path.replaceAll(/\{\w+\}/g, 'x_1'))).toBe(service);
  });

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v2/events',
    '/v1/eventsx',
    '/v1/__proto__',
    '//v1/events',
    '/v1/constructor',
  ])('knows no service for %s', (path) => {
    expect(upstreamOf('GET', path)).toBeNull();
  });
});
