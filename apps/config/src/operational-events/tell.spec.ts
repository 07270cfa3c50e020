import { FakeEventStore } from '@hookstile/event-store';
import { FIXED_NOW, integrationSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import type { IntegrationCommand } from '../integrations/integration.decider.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { patternsFor, SUBSCRIBING_PATTERNS } from './tell.js';

const at = FIXED_NOW;

function setUp() {
  const events = new FakeEventStore();
  const readModels = new FakeReadModelStore();
  const changes = new Changes(events, readModels, { published: async () => true, waiting: 0 }, 12, fakeTenantKeys());
  const run = (id: string, ...commands: IntegrationCommand[]) =>
    changes.run(SYSTEM_ORIGIN, async (change) =>
      (await change.loadOfAny(integrationAggregate, id)).execute(...commands),
    );
  const create = (id: string, eventTypes: string[], tenantId = 'ten_1') => {
    const settings = integrationSettings({ eventTypes, name: `name of ${id}` });
    return run(id, { type: 'create', at, tenantId, settings, enabled: true });
  };
  const told = () =>
    events.outbox
      .filter(({ record }) => record.topic === 'events')
      .map(({ record: { headers, value, key } }) => ({ key, headers, data: JSON.parse(value.toString()) }));
  return { run, create, told, readModels };
}

const disable: IntegrationCommand = { type: 'disable', at, reason: 'admin', note: null };
const enable: IntegrationCommand = { type: 'enable', at, backlog: 'deliver', mayEnableAfterFailures: true };

describe('operational events', () => {
  it('tell those that name them that an integration was disabled, and enabled again, with its count', async () => {
    const { run, create, told, readModels } = setUp();
    await create('int_1', ['*']);
    await create('int_2', ['hookstile.integration.*']);
    await readModels.putFailures([{ integrationId: 'int_1', enablement: 1, sequence: 9, consecutiveFailures: 5 }]);
    await run('int_1', { type: 'request-disable', at, enablement: 1, reason: 'consecutive_failures' });
    await run('int_1', enable);
    const common = { integrationId: 'int_1', integrationName: 'name of int_1', at };
    const [disabled, enabled] = told();
    expect(disabled).toEqual({
      key: 'ten_1',
      headers: {
        ce_specversion: '1.0',
        ce_id: 'int_1.disabled.v2',
        ce_source: 'hookstile:/config',
        ce_type: 'hookstile.integration.disabled',
        ce_subject: 'int_1',
        ce_time: at,
        ce_tenantid: 'ten_1',
        'content-type': 'application/json',
      },
      data: { ...common, state: 'disabled', reason: 'consecutive_failures', consecutiveFailures: 5, version: 2 },
    });
    expect(enabled?.headers.ce_id).toBe('int_1.recovered.v3');
    expect(enabled?.data).toEqual({
      ...common,
      state: 'enabled',
      reason: 'enabled',
      consecutiveFailures: 0,
      version: 3,
    });
    expect(told()).toHaveLength(2);
  });

  it('tell of each transition of a change that makes several, and of no other change', async () => {
    const { run, create, told } = setUp();
    await create('int_1', ['*']);
    await create('int_2', ['hookstile.*']);
    const settings = integrationSettings({ name: 'new' });
    await run('int_1', { type: 'update', at, settings }, disable, disable, enable);
    expect(told().map(({ headers }) => headers.ce_id)).toEqual(['int_1.disabled.v3', 'int_1.recovered.v4']);
    await run('int_1', { type: 'delete', at });
    expect(told()).toHaveLength(2);
  });

  it('are not written where nobody would get them: not the integration itself, nor another tenant', async () => {
    const { run, create, told } = setUp();
    await create('int_1', ['hookstile.*']);
    await create('int_2', ['*', 'hookstile.integration.recovered']);
    await create('int_3', ['hookstile.*'], 'ten_2');
    await run('int_1', disable);
    expect(told()).toEqual([]);
    await run('int_1', enable);
    expect(told().map(({ headers }) => headers.ce_type)).toEqual(['hookstile.integration.recovered']);
  });
});

it('a type is named by itself and by each prefix of it, but not by "*"', () => {
  expect(patternsFor('a.b.c').toSorted()).toEqual(['a.*', 'a.b.*', 'a.b.c']);
  expect(SUBSCRIBING_PATTERNS).toHaveLength(5);
});
