import { FakeEventStore } from '@hookstile/event-store';
import { FIXED_NOW, integrationSettings } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import type { IntegrationCommand } from './integration.decider.js';
import { integrationAggregate } from './integration-aggregate.js';
import { IntegrationHistory } from './integration-history.js';

const at = FIXED_NOW;
const settings = integrationSettings();
const create: IntegrationCommand = { type: 'create', at, tenantId: 'ten_1', settings, enabled: true };
const rename = (name: string): IntegrationCommand => ({ type: 'update', at, settings: { ...settings, name } });
const disable: IntegrationCommand = { type: 'disable', at, reason: 'admin', note: 'moving house' };
const enable: IntegrationCommand = { type: 'enable', at, backlog: 'discard', mayEnableAfterFailures: false };

describe('the history of an integration', () => {
  let history: IntegrationHistory;
  let run: (...commands: IntegrationCommand[]) => Promise<unknown>;

  beforeEach(() => {
    const events = new FakeEventStore();
    const readModels = new FakeReadModelStore();
    const changes = new Changes(events, readModels, { published: async () => true, waiting: 0 }, 3, fakeTenantKeys());
    history = new IntegrationHistory(events, readModels);
    run = (...commands) =>
      changes.run(SYSTEM_ORIGIN, async (change) =>
        (await change.loadOfAny(integrationAggregate, 'int_1')).execute(...commands),
      );
  });

  it('tells what each domain event changed, newest first', async () => {
    await run(create);
    await run(rename('b'), disable);
    await run(enable);
    const { items, nextCursor } = await history.list('ten_1', 'int_1', {});
    expect(nextCursor).toBeNull();
    expect(items.map(({ version, action, changes }) => [version, action, changes])).toEqual([
      [
        4,
        'integration.enabled',
        [
          { pointer: '/enabled', from: false, to: true },
          { pointer: '/disabledReason', from: 'admin', to: null },
          { pointer: '/disabledNote', from: 'moving house', to: null },
        ],
      ],
      [3, 'integration.disabled', expect.arrayContaining([{ pointer: '/enabled', from: true, to: false }])],
      [2, 'integration.updated', [{ pointer: '/name', from: settings.name, to: 'b' }]],
      [1, 'integration.created', [{ pointer: '', from: null, to: expect.objectContaining({ url: settings.url }) }]],
    ]);
    expect(items[0]).toMatchObject({ type: 'IntegrationEnabled', backlog: 'discard', at, requestId: null });
    expect(items[3]).toMatchObject({ id: 'aud_0000000000000001', actor: { type: 'system' } });
    expect(items[3]).not.toHaveProperty('backlog');
  });

  it('pages through more than is read at a time, and stays where it was while more happens', async () => {
    await run(create, ...Array.from({ length: 449 }, (_, n) => rename(`n${n}`)));
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? { limit: '120' } : { limit: '120', cursor };
      const page = await history.list('ten_1', 'int_1', query);
      seen.push(...page.items.map(({ version }) => version));
      cursor = page.nextCursor;
      await run(rename(`later${seen.length}`));
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: 450 }, (_, n) => 450 - n));
  });

  it('is not found once the integration is deleted, for another tenant, and where there was none', async () => {
    await run(create);
    const missing = { code: 'not_found' };
    await expect(history.list('ten_2', 'int_1', {})).rejects.toMatchObject(missing);
    await expect(history.list('ten_1', 'int_2', { limit: 'x' })).rejects.toMatchObject(missing);
    await run({ type: 'delete', at });
    await expect(history.list('ten_1', 'int_1', {})).rejects.toMatchObject(missing);
  });

  it('refuses a cursor that it did not give out', async () => {
    await run(create);
    for (const cursor of ['x', Buffer.from('0').toString('base64url'), Buffer.from('"1"').toString('base64url')]) {
      await expect(history.list('ten_1', 'int_1', { cursor })).rejects.toMatchObject({ code: 'malformed' });
    }
  });
});
