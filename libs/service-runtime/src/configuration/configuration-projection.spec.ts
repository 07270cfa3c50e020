import {
  type ApiKeyConfiguration,
  CONTRACT_HEADER,
  type Configuration,
  configurationKey,
  configurationV1,
} from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { anIntegration, fixedClock } from '@hookstile/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationProjection } from './configuration-projection.js';
import { KEYS_CONFIRMED_AFTER_MS, KEYS_TRUSTED_MS, ProjectionKeyDirectory } from './projection-key-directory.js';

const TOPIC = 'hookstile.configuration';
const AT = '2026-01-02T03:04:05.678Z';
const logger = pino({ level: 'silent' });

function aKey(overrides: Partial<ApiKeyConfiguration> = {}): ApiKeyConfiguration {
  const common = { id: 'key_1', version: 1, deleted: false, at: AT, tenantId: 'ten_1', name: 'CI' };
  return { kind: 'api-key', ...common, role: 'editor', hash: 'ab'.repeat(32), ...overrides };
}

describe('ConfigurationProjection', () => {
  let messaging: FakeMessaging;
  let projection: ConfigurationProjection;

  const write = (configuration: Configuration) => {
    const record = configurationV1.encode(configurationKey(configuration.kind, configuration.id), configuration);
    return messaging.append({ ...record, topic: TOPIC, partition: 0 });
  };

  beforeEach(() => {
    messaging = new FakeMessaging({ partitions: 1 });
    projection = new ConfigurationProjection({ messaging, topic: TOPIC, logger });
  });

  afterEach(() => projection.stop());

  it('has all that was in the topic once it has started', async () => {
    write(anIntegration({ id: 'int_1' }));
    write(aKey());
    await projection.start();
    expect(projection.integration('int_1')?.tenantId).toBe('ten_1');
    expect(projection.keyByHash('ab'.repeat(32))?.id).toBe('key_1');
    expect(projection.position).toBe(2);
  });

  it('ignores a version that is not above the one it has', async () => {
    await projection.start();
    write(anIntegration({ version: 3, settings: { name: 'three' } }));
    write(anIntegration({ version: 2, settings: { name: 'two' } }));
    write(anIntegration({ version: 3, settings: { name: 'three again' } }));
    await projection.catchUp();
    expect(projection.integration('int_1')?.settings.name).toBe('three');
  });

  it("lists a tenant's integrations by id, without deleted ones", async () => {
    await projection.start();
    write(anIntegration({ id: 'int_b' }));
    write(anIntegration({ id: 'int_a' }));
    write(anIntegration({ id: 'int_c' }));
    write(anIntegration({ id: 'int_x', tenantId: 'ten_2' }));
    write(anIntegration({ id: 'int_c', version: 2, deleted: true }));
    await projection.catchUp();
    expect(projection.integrationsOf('ten_1').map(({ id }) => id)).toEqual(['int_a', 'int_b']);
    expect(projection.integration('int_c')?.deleted).toBe(true);
    expect(projection.integrationsOf('nobody')).toEqual([]);
  });

  it("gives the same list until one of the tenant's integrations changes", async () => {
    write(anIntegration({ id: 'int_a' }));
    await projection.start();
    const before = projection.integrationsOf('ten_1');
    write(anIntegration({ id: 'int_x', tenantId: 'ten_2' }));
    await projection.catchUp();
    expect(projection.integrationsOf('ten_1')).toBe(before);
    write(anIntegration({ id: 'int_a', version: 2 }));
    await projection.catchUp();
    expect(projection.integrationsOf('ten_1')).not.toBe(before);
  });

  it('a late lower version does not bring a deleted integration or key back', async () => {
    await projection.start();
    write(anIntegration({ version: 2, deleted: true }));
    write(anIntegration({ version: 1 }));
    write(aKey({ version: 2, deleted: true }));
    write(aKey({ version: 1 }));
    await projection.catchUp();
    expect(projection.integrationsOf('ten_1')).toEqual([]);
    expect(projection.keyByHash('ab'.repeat(32))).toBeUndefined();
  });

  it('tells listeners of newer records only, after it has them, and survives one that throws', async () => {
    await projection.start();
    const seen: string[] = [];
    projection.onChange(() => {
      throw new Error('a faulty listener');
    });
    const end = projection.onChange(({ id, version }) => {
      seen.push(`${id} v${version}, known v${projection.integration(id)?.version}`);
    });
    write(anIntegration({ version: 2 }));
    write(anIntegration({ version: 1 }));
    await projection.catchUp();
    end();
    write(anIntegration({ version: 3 }));
    await projection.catchUp();
    expect(seen).toEqual(['int_1 v2, known v2']);
  });

  it('records a malformed record and goes on', async () => {
    await projection.start();
    messaging.append({ topic: TOPIC, partition: 0, key: 'x', headers: {}, value: Buffer.from('{') });
    write(anIntegration());
    await projection.catchUp();
    expect(projection.integration('int_1')).toBeDefined();
  });

  it('stops with an alarm at a record of a newer release, and lets nobody pass it', async () => {
    const lines: string[] = [];
    const alarming = pino({ level: 'fatal' }, { write: (line: string) => void lines.push(line) });
    const stopped = new ConfigurationProjection({ messaging, topic: TOPIC, logger: alarming });
    await stopped.start();
    write(anIntegration({ id: 'int_1' }));
    await stopped.catchUp();
    const headers = { [CONTRACT_HEADER]: 'configuration/99' };
    messaging.append({ topic: TOPIC, partition: 0, key: 'x', headers, value: Buffer.from('{}') });
    write(anIntegration({ id: 'int_2' }));
    await expect(stopped.catchUp()).rejects.toMatchObject({ code: 'configuration_unreadable', retryable: false });
    expect(stopped.position).toBe(1);
    expect(stopped.integration('int_2')).toBeUndefined();
    expect(() => stopped.checkHealth()).toThrow('newer release');
    await stopped.reached(1);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ alarm: 'configuration_unreadable', offset: 1 });
    await stopped.stop();
  });
});

describe('ProjectionKeyDirectory', () => {
  let messaging: FakeMessaging;
  let projection: ConfigurationProjection;
  let endOffsets: number;

  beforeEach(async () => {
    messaging = new FakeMessaging({ partitions: 1 });
    endOffsets = 0;
    const endOffset = messaging.endOffset.bind(messaging);
    messaging.endOffset = (partition) => {
      endOffsets += 1;
      return endOffset(partition);
    };
    projection = new ConfigurationProjection({ messaging, topic: TOPIC, logger });
    await projection.start();
  });

  afterEach(() => projection.stop());

  const write = (key: ApiKeyConfiguration) =>
    messaging.append({ ...configurationV1.encode(`api-key:${key.id}`, key), topic: TOPIC, partition: 0 });

  it('finds a key that was written just before', async () => {
    const directory = new ProjectionKeyDirectory(projection, fixedClock());
    write(aKey());
    const found = await directory.find('ab'.repeat(32));
    expect(found).toEqual({ tenantId: 'ten_1', role: 'editor', keyId: 'key_1', name: 'CI' });
  });

  it('asks the broker once a second at most for keys that it knows, and lets no request wait for that', async () => {
    const clock = fixedClock();
    const directory = new ProjectionKeyDirectory(projection, clock);
    write(aKey());
    await directory.find('ab'.repeat(32));
    for (let i = 0; i < 5; i += 1) await directory.find('ab'.repeat(32));
    expect(endOffsets).toBe(1);
    clock.advance(KEYS_CONFIRMED_AFTER_MS + 1);
    messaging.endOffset = () => {
      endOffsets += 1;
      return new Promise<number>(() => {});
    };
    for (let i = 0; i < 5; i += 1) expect(await directory.find('ab'.repeat(32))).not.toBeNull();
    expect(endOffsets).toBe(2);
  });

  it('trusts a key no longer than 2.5 seconds where the broker is silent', async () => {
    const clock = fixedClock();
    const directory = new ProjectionKeyDirectory(projection, clock, 20);
    write(aKey());
    await directory.find('ab'.repeat(32));
    messaging.endOffset = () => new Promise<number>(() => {});
    clock.advance(KEYS_TRUSTED_MS + 1);
    await expect(directory.find('ab'.repeat(32))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not let a deleted key in after a pause, though its deletion was not read yet', async () => {
    const clock = fixedClock();
    const directory = new ProjectionKeyDirectory(projection, clock);
    write(aKey());
    await directory.find('ab'.repeat(32));
    clock.advance(KEYS_TRUSTED_MS + 1);
    write(aKey({ version: 2, deleted: true }));
    expect(projection.keyByHash('ab'.repeat(32))).toBeDefined();
    expect(await directory.find('ab'.repeat(32))).toBeNull();
  });

  it('does not find a key once its deletion was read', async () => {
    const directory = new ProjectionKeyDirectory(projection, fixedClock());
    write(aKey());
    expect(await directory.find('ab'.repeat(32))).not.toBeNull();
    write(aKey({ version: 2, deleted: true }));
    await projection.catchUp();
    expect(await directory.find('ab'.repeat(32))).toBeNull();
  });

  it('asks once a second at most for a key that does not exist', async () => {
    const clock = fixedClock();
    const directory = new ProjectionKeyDirectory(projection, clock);
    clock.advance(1_000);
    for (let i = 0; i < 5; i += 1) expect(await directory.find('cd'.repeat(32))).toBeNull();
    expect(endOffsets).toBe(1);
    clock.advance(1_001);
    await directory.find('cd'.repeat(32));
    expect(endOffsets).toBe(2);
  });

  it('answers unavailable when the broker does not say where the topic ends', async () => {
    messaging.endOffset = () => new Promise<number>(() => {});
    const directory = new ProjectionKeyDirectory(projection, fixedClock(), 20);
    await expect(directory.find('cd'.repeat(32))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
