import { CONTRACT_HEADER, type IntegrationSignal, integrationSignalsV1, topicName } from '@hookstile/contracts';
import type { RecordPublisher } from '@hookstile/messaging';
import type { RunningService } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const TENANT = 'ten_1';

describe('signals of the dispatcher', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  let publisher: RecordPublisher;
  let service: RunningService;
  let editor = '';

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    service = await config.start();
    call = instanceOf(service);
    publisher = await config.messaging.publisher({ name: 'test' });
    await call('POST', 'tenants', { body: { id: TENANT, name: 'Acme', plan: 'standard' } });
    editor = (await call('POST', 'api-keys', { tenant: TENANT, body: { name: 'e', role: 'editor' } })).body.key;
  });
  afterAll(() => config?.destroy());

  const create = async (): Promise<string> =>
    (await call('POST', 'integrations', { tenant: TENANT, body: { name: 'a', url: 'https://example.com' } })).body.id;
  const read = async (id: string) => (await call('GET', `integrations/${id}`, { tenant: TENANT })).body;
  const send = (integrationId: string, overrides: Partial<IntegrationSignal> = {}) => {
    const signal: IntegrationSignal = {
      type: 'disable-requested',
      tenantId: TENANT,
      integrationId,
      enablement: 1,
      reason: 'consecutive_failures',
      consecutiveFailures: 5,
      sequence: 5,
      at: '2026-01-02T03:04:05.678Z',
      traceparent: null,
      ...overrides,
    };
    const record = integrationSignalsV1.encode(integrationId, signal);
    return publisher.publish([{ ...record, topic: topicName(config.prefix, 'integration-signals'), partition: 0 }]);
  };
  /** All of one partition are taken in order: once a later integration is disabled, what was sent before is decided. */
  const settled = async () => {
    const id = await create();
    await send(id);
    await until(async () => (await read(id)).state === 'disabled', { what: 'a later signal' });
  };

  it('disable an integration, say why, and are published; only an admin enables it again', async () => {
    const id = await create();
    await send(id);
    await until(async () => (await read(id)).state === 'disabled', { what: 'the disabled integration' });
    const disabled = { state: 'disabled', disabledReason: 'consecutive_failures', version: 2 };
    expect(await read(id)).toMatchObject({ ...disabled, consecutiveFailures: 5, enabled: false });
    await until(async () => (await config.lastOf(id))?.version === 2);
    expect(await config.lastOf(id)).toMatchObject({ ...disabled, enablement: 1 });

    expect((await call('POST', `integrations/${id}/enable`, { key: editor })).body.code).toBe('forbidden');
    const patch = { key: editor, body: { enabled: true }, headers: { 'if-match': '*' } };
    expect((await call('PATCH', `integrations/${id}`, patch)).status).toBe(403);
    const enabled = await call('POST', `integrations/${id}/enable`, { tenant: TENANT, body: { backlog: 'discard' } });
    expect(enabled.body).toMatchObject({ state: 'enabled', disabledReason: null, consecutiveFailures: 0, version: 3 });
    expect(await config.lastOf(id)).toMatchObject({ enablement: 2, discardBefore: 3, state: 'enabled' });
  });

  it('leave it to an admin to enable again, also by a list of integrations; a list that does not say so leaves it', async () => {
    const id = await create();
    await send(id);
    await until(async () => (await read(id)).state === 'disabled', { what: 'the disabled integration' });
    const others = (await call('GET', 'integrations?limit=200', { tenant: TENANT })).body.items
      .filter((other: { id: string }) => other.id !== id)
      .map((other: { id: string }) =>
        call('DELETE', `integrations/${other.id}`, { tenant: TENANT, headers: { 'if-match': '*' } }),
      );
    await Promise.all(others);
    const apply = (as: Call, enabled: object) =>
      call('PUT', 'integrations:apply', {
        ...as,
        body: { items: [{ name: 'a', url: 'https://example.com', ...enabled }] },
      });
    const refused = await apply({ key: editor }, { enabled: true });
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'forbidden', errors: [{ pointer: '/items/0/enabled' }] },
    });
    expect((await apply({ key: editor }, {})).body.items).toMatchObject([{ id, action: 'unchanged' }]);
    expect((await apply({ tenant: TENANT }, { enabled: true })).body.items).toMatchObject([{ id, action: 'changed' }]);
    expect(await read(id)).toMatchObject({ state: 'enabled', disabledReason: null });
  });

  const rename = (id: string) =>
    call('PATCH', `integrations/${id}`, { tenant: TENANT, body: { name: 'b' }, headers: { 'if-match': '*' } });
  const post = (id: string, action: string) => call('POST', `integrations/${id}/${action}`, { tenant: TENANT });
  const accepted = { state: 'disabled', disabledReason: 'consecutive_failures' };
  const enabled = { state: 'enabled', disabledReason: null, consecutiveFailures: 0 };
  const byAdmin = { state: 'disabled', disabledReason: 'admin' };

  it.each([
    ['accepted although it was changed', ['rename'], { ...accepted, name: 'b' }],
    ['accepted although its secret was rotated', ['rotate-secret'], accepted],
    ['stale once it was disabled', ['disable'], byAdmin],
    ['stale once it was enabled again', ['disable', 'enable'], enabled],
    ['stale once it was enabled again, and changed', ['disable', 'enable', 'rename'], { ...enabled, name: 'b' }],
    ['stale once it was changed, and enabled again', ['rename', 'disable', 'enable'], { ...enabled, name: 'b' }],
    ['stale once it was enabled, and disabled again', ['disable', 'enable', 'disable'], byAdmin],
  ])('are %s meanwhile', async (_, actions, expected) => {
    const id = await create();
    for (const action of actions) {
      const { status } = await (action === 'rename' ? rename(id) : post(id, action));
      expect(status).toBe(200);
    }
    await send(id, { enablement: 1 });
    await settled();
    const isAccepted = expected.disabledReason === 'consecutive_failures';
    expect(await read(id)).toMatchObject({ ...expected, version: 1 + actions.length + Number(isAccepted) });
  });

  it('leave an integration enabled that an admin enables at the same moment, and a deleted one deleted', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, create));
    const deleted = await Promise.all(Array.from({ length: 4 }, create));
    await Promise.all([
      ...[...ids, ...deleted].map((id) => send(id, { enablement: 1 })),
      ...ids.map(async (id) => {
        await Promise.all([rename(id), post(id, 'disable')]);
        await post(id, 'enable');
      }),
      ...deleted.map((id) => call('DELETE', `integrations/${id}`, { tenant: TENANT, headers: { 'if-match': '*' } })),
    ]);
    await settled();
    for (const id of ids) {
      expect(await read(id)).toMatchObject({ state: 'enabled', name: 'b' });
      expect(await config.lastOf(id)).toMatchObject({ state: 'enabled', enablement: 2 });
    }
    for (const id of deleted) expect(await config.lastOf(id)).toMatchObject({ deleted: true });
  });

  it('change nothing about a deleted integration, nor twice, nor with unreadable ones between them', async () => {
    const deleted = await create();
    await call('DELETE', `integrations/${deleted}`, { tenant: TENANT, headers: { 'if-match': '*' } });
    const id = await create();
    await send(deleted);
    const topic = topicName(config.prefix, 'integration-signals');
    await publisher.publish([{ topic, partition: 0, key: id, headers: {}, value: Buffer.from('no signal') }]);
    await send(id, { reason: 'gone' });
    await send(id, { reason: 'gone' });
    await settled();
    expect(await config.lastOf(deleted)).toMatchObject({ version: 2, deleted: true });
    expect(await read(id)).toMatchObject({ version: 2, disabledReason: 'gone' });
  });

  it('show the count of failures without a new version', async () => {
    const id = await create();
    await send(id, { type: 'failing', reason: null, consecutiveFailures: 3, sequence: 3 });
    await until(async () => (await read(id)).consecutiveFailures === 3, { what: 'the count' });
    await send(id, { type: 'recovered', reason: null, consecutiveFailures: 0, sequence: 4 });
    await until(async () => (await read(id)).consecutiveFailures === 0, { what: 'the recovery' });
    expect(await read(id)).toMatchObject({ version: 1, state: 'enabled' });
  });

  it('stop their partition, unready, at one of a newer release, while the others go on', async () => {
    const id = await create();
    const topic = topicName(config.prefix, 'integration-signals');
    const headers = { [CONTRACT_HEADER]: 'integration-signals/99' };
    await publisher.publish([{ topic, partition: 1, key: id, headers, value: Buffer.from('{}') }]);
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503, { what: 'the alarm' });
    await send(id, { reason: 'gone' });
    await until(async () => (await read(id)).disabledReason === 'gone', { what: 'the other partition' });
  });
});
