import { FakeEventStore } from '@hookstile/event-store';
import { decisionRuleSettings, FIXED_NOW, integrationSettings } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { decisionRuleAggregate } from '../decision-rules/decision-rule-aggregate.js';
import { eventTypeAggregate } from '../event-types/event-type-aggregate.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { type Change, Changes } from './changes.js';
import { SYSTEM_ORIGIN } from './origin.js';

const at = FIXED_NOW;
const tenantId = 'ten_1';
const created = { type: 'create', at, tenantId, enabled: true } as const;
const LARGE = 'x'.repeat(50_000);
/** Of the record of a deleted thing, which every service keeps for ever. */
const LEFT_MAX_BYTES = 1_024;

const CREATIONS: Record<string, (change: Change) => Promise<unknown>> = {
  integration: async (change) => {
    const { request } = integrationSettings();
    const body = { format: 'template', template: LARGE } as const;
    const settings = integrationSettings({
      eventTypes: [LARGE],
      filter: [{ pointer: '/data', op: 'eq', value: LARGE }],
      request: { ...request, body },
    });
    await (await change.loadOfAny(integrationAggregate, 'int_1')).execute({ ...created, settings });
  },
  'decision rule': async (change) => {
    const responseActions = [{ type: 'deny', key: LARGE, value: LARGE }] as const;
    const settings = decisionRuleSettings({ body: LARGE, responseActions: [...responseActions] });
    await (await change.loadOfAny(decisionRuleAggregate, 'int_1')).execute({ ...created, settings });
  },
  'event type': async (change) => {
    const definition = { description: LARGE, schema: { title: LARGE }, example: LARGE };
    const eventType = await change.loadOfAny(eventTypeAggregate, 'int_1');
    await eventType.execute({ type: 'define', at, tenantId, eventType: 'a', definition });
  },
};
const DELETIONS: Record<keyof typeof CREATIONS, (change: Change) => Promise<unknown>> = {
  integration: async (change) =>
    (await change.loadOfAny(integrationAggregate, 'int_1')).execute({ type: 'delete', at }),
  'decision rule': async (change) =>
    (await change.loadOfAny(decisionRuleAggregate, 'int_1')).execute({ type: 'delete', at }),
  'event type': async (change) => (await change.loadOfAny(eventTypeAggregate, 'int_1')).execute({ type: 'delete', at }),
};

it.each(Object.keys(CREATIONS))('of a deleted %s nothing large is left in the configuration', async (name) => {
  const events = new FakeEventStore();
  const published = { published: async () => true, waiting: 0 };
  const changes = new Changes(events, new FakeReadModelStore(), published, 12, fakeTenantKeys());
  const sizes = () =>
    events.outbox.flatMap(({ record: { topic, value } }) => (topic === 'configuration' ? [value.length] : []));
  for (const step of [CREATIONS[name], DELETIONS[name]]) {
    await changes.run(SYSTEM_ORIGIN, async (change) => step?.(change));
  }
  const [before, left] = sizes();
  expect(before).toBeGreaterThan(LARGE.length);
  expect(left).toBeLessThan(LEFT_MAX_BYTES);
});
