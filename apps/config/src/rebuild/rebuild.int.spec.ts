import { type Configuration, configurationV1 } from '@hookstile/contracts';
import { topicDefinitions } from '@hookstile/messaging';
import { createLogger, type RunningService, systemClock } from '@hookstile/service-runtime';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigUnderTest, instanceOf, PARTITIONS } from '../config-under-test.js';
import { Relay } from '../publishes/relay.js';
import { type Checked, isIdentical } from './check.js';
import { type Rebuilt, rebuild } from './rebuild.js';
import { exitCodeOf, rebuildReport } from './rebuild-report.js';

const URL = 'https://example.com/hook';

describe('a rebuild of config', () => {
  let config: ConfigUnderTest;
  let round = 0;
  let dataSource: DataSource;
  let service: RunningService;
  let call: ReturnType<typeof instanceOf>;

  const query = (sql: string, values: unknown[] = []): Promise<{ value?: unknown }[]> =>
    dataSource.query(sql.replaceAll('$schema', `"${config.database.schema}"`), values);
  const create = async (what: string, body: object, tenant = 'ten_1'): Promise<string> => {
    const answer = await call('POST', what, { tenant, body });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const patch = (path: string, body: object) =>
    call('PATCH', path, { tenant: 'ten_1', body, headers: { 'if-match': '*' } });
  const run = (wanted: 'check' | 'repair', prefix = config.prefix): Promise<Rebuilt> => {
    const { database, messaging } = config;
    const env = { DATABASE_URL: database.url } as never;
    const logger = createLogger({ service: 'rebuild', level: 'error' });
    const topics = (name: string) => `${prefix}${name}`;
    const relay = new Relay({ env, clock: systemClock, logger, messaging }, database.schema, topics);
    return rebuild({
      dataSource,
      databaseUrl: database.url,
      schema: database.schema,
      messaging,
      topic: topics('configuration'),
      partitionCount: PARTITIONS,
      clock: systemClock,
      relay: wanted === 'repair' ? relay : null,
    });
  };
  const differing = ({ compared }: Checked) =>
    Object.fromEntries(
      compared.flatMap(({ name, differing }) =>
        differing.map(({ difference, ids }) => [`${name} ${difference}`, ids.map((id) => id.split(':').at(-1))]),
      ),
    );
  const expectRepaired = async ({ found, repaired }: Rebuilt) => {
    expect(isIdentical(found)).toBe(false);
    expect(repaired && differing(repaired)).toEqual({});
    expect(differing((await run('check')).found)).toEqual({});
  };

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    const { url, schema } = config.database;
    dataSource = await new DataSource({ type: 'postgres', url, schema }).initialize();
    service = await config.start();
    call = instanceOf(service);
    await call('POST', 'tenants', { body: { id: 'ten_1', name: 'Acme', plan: 'standard' } });
    await call('PUT', 'event-types/device.seen', {
      tenant: 'ten_1',
      body: {
        description: 'A device was seen',
        schema: { type: 'object', maxProperties: 9 },
        example: { z: 1, a: [] },
      },
    });
  });
  /** A test leaves all identical behind, and the service running. */
  async function startAgain() {
    service = await config.start();
    call = instanceOf(service);
  }
  afterAll(async () => {
    await dataSource?.destroy();
    await config?.destroy();
  });

  /** One of everything, changed, disabled and deleted. */
  async function everything() {
    round += 1;
    const integration = await create('integrations', {
      name: 'SIEM',
      url: URL,
      request: { headers: { Zebra: 'z', 'X-A': 'a' }, auth: { type: 'basic', username: 'u', password: 'p' } },
    });
    await patch(`integrations/${integration}`, { eventTypes: ['device.*'], rateLimit: { perSecond: 5 } });
    await call('POST', `integrations/${integration}/disable`, { tenant: 'ten_1', body: { reason: 'moving house' } });
    const gone = await create('integrations', { name: 'gone', url: URL });
    await call('DELETE', `integrations/${gone}`, { tenant: 'ten_1', headers: { 'if-match': '*' } });
    const ruleBody = {
      method: 'GET',
      url: URL,
      responseActions: [{ type: 'allow', key: 'a', value: { z: 1, b: [2] } }],
    };
    const rules = [
      await create('decision-rules', { ...ruleBody, name: `one ${round}` }),
      await create('decision-rules', { ...ruleBody, name: `two ${round}` }),
    ];
    const key = await create('api-keys', { name: 'CI', role: 'editor' });
    return { integration, gone, rules, key };
  }

  it('finds what changes made identical, to the bytes of every record', async () => {
    await everything();
    const rebuilt = await run('check');
    expect(differing(rebuilt.found)).toEqual({});
    expect(exitCodeOf(rebuilt)).toBe(0);
    expect(rebuilt.found.compared.map(({ name, identical }) => [name, identical])).toEqual(
      expect.arrayContaining([
        ['tenants', 1],
        ['event_types', 1],
        ['integrations', 2],
        ['decision_rules', 2],
        ['api_keys', 1],
        ['topic configuration', expect.any(Number)],
      ]),
    );
  });

  it('names rows that are wrong, missing or of nothing, without what they hold, and puts them right', async () => {
    const { integration, gone, rules, key } = await everything();
    await query(
      `UPDATE $schema.integrations SET state = jsonb_set(state, '{settings,url}', '"https://evil.test"') WHERE id = $1`,
      [integration],
    );
    await query(`UPDATE $schema.integrations SET deleted = false WHERE id = $1`, [gone]);
    await query(`UPDATE $schema.api_keys SET hash = 'other', position = 99999 WHERE id = $1`, [key]);
    await query(`DELETE FROM $schema.tenants`);
    await query(
      `INSERT INTO $schema.integrations SELECT 'int_ghost', tenant_id, version, deleted, position, state FROM $schema.integrations WHERE id = $1`,
      [integration],
    );
    // Each of the two holds the other's name, which is unique.
    for (const [id, name] of [
      [rules[0], '"x"'],
      [rules[1], `"one ${round}"`],
      [rules[0], `"two ${round}"`],
    ]) {
      await query(`UPDATE $schema.decision_rules SET state = jsonb_set(state, '{settings,name}', $2) WHERE id = $1`, [
        id,
        name,
      ]);
    }
    const checked = await run('check');
    expect(differing(checked.found)).toEqual({
      'tenants missing': ['ten_1'],
      'api_keys differs': [key],
      'integrations differs': [integration, gone].sort(),
      'integrations extra': ['int_ghost'],
      'decision_rules differs': [...rules].sort(),
    });
    expect(exitCodeOf(checked)).toBe(1);
    const report = rebuildReport(checked, 1_000, false);
    expect(report).toContain(integration);
    expect(report).not.toMatch(/evil|moving house|ciphertext/);
    expect(differing((await run('check')).found)).toEqual(differing(checked.found));
    await expectRepaired(await run('repair'));
    const answer = await call('GET', `integrations/${integration}`, { tenant: 'ten_1' });
    expect(answer.body).toMatchObject({ url: URL, state: 'disabled' });
  });

  it('finds records that the topic lost, or has older, otherwise, or of nothing, and puts them right', async () => {
    const { integration, gone } = await everything();
    const [newest, former] = (await config.configuration()).filter(({ id }) => id === integration).reverse();
    if (newest?.kind !== 'integration' || !former) throw new Error('too few records');
    const ghost: Configuration = { ...newest, id: 'int_ghost', version: 7 };
    await service.stop();
    await config.append(former);
    await config.append({
      ...newest,
      id: gone,
      version: 2,
      deleted: true,
      settings: { ...newest.settings, url: 'https://evil.test' },
    });
    await config.append(ghost);
    expect(differing((await run('check')).found)).toEqual({
      'topic configuration older': [integration],
      'topic configuration differs': [gone],
      'topic configuration extra': ['int_ghost'],
    });
    // No service runs: the rebuild publishes by itself.
    await expectRepaired(await run('repair'));
    expect(await config.lastOf(integration)).toEqual(newest);
    expect(await config.lastOf('int_ghost')).toMatchObject({ version: 8, deleted: true });
    expect(await config.lastOf(gone)).toMatchObject({ deleted: true, settings: { url: URL } });
    await startAgain();
  });

  it('writes a whole topic again, from the domain events alone', async () => {
    await everything();
    const known = ({ id }: Configuration) => !id.endsWith('ghost');
    const newest = (records: Configuration[]) =>
      new Map(records.filter(known).map((record) => [`${record.kind}:${record.id}`, record]));
    const before = newest(await config.configuration());
    await service.stop();
    const prefix = `${config.prefix}again.`;
    const isTopic = ({ name }: { name: string }) => name === `${prefix}configuration`;
    await config.messaging.createTopics(topicDefinitions(prefix, PARTITIONS).filter(isTopic), 1);
    const { found, repaired } = await run('repair', prefix);
    expect(found.compared.at(-1)).toMatchObject({ identical: 0, differing: [{ difference: 'missing' }] });
    expect(repaired && differing(repaired)).toEqual({});
    expect(newest(await config.configuration(`${prefix}configuration`))).toEqual(before);
    await startAgain();
  });

  it("takes tenants' keys as they are stored, and writes again what the topic has otherwise", async () => {
    const isKey = (record: Configuration) => record.kind === 'tenant-key';
    const key = (await config.configuration()).findLast(isKey);
    if (key?.kind !== 'tenant-key') throw new Error('no key');
    await config.append({ ...key, wrapped: null });
    await config.append({ ...key, id: 'ten_ghost', tenantId: 'ten_ghost' });
    const { found, repaired } = await run('repair');
    expect(differing(found)).toEqual({
      'topic configuration differs': ['ten_1'],
      'topic configuration extra': ['ten_ghost'],
    });
    expect(repaired && differing(repaired)).toEqual({});
    const keys = (await config.configuration()).filter(isKey);
    expect(keys.findLast(({ id }) => id === 'ten_1')).toEqual(key);
    expect(keys.findLast(({ id }) => id === 'ten_ghost')).toMatchObject({ version: 2, deleted: true, wrapped: null });
  });

  it('takes changes that are made meanwhile for no difference, and loses none of them to its repair', async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, (_, n) => create('integrations', { name: `busy ${n}`, url: URL })),
    );
    const stop = new AbortController();
    const made = new Map<string, number>();
    const changing = ids.map(async (id) => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        const { status } = await patch(`integrations/${id}`, { name: `changed ${n}` });
        expect(status).toBe(200);
        made.set(id, n);
      }
    });
    for (let n = 0; n < 2; n += 1) {
      expect(differing((await run('check')).found)).toEqual({});
      await query(`UPDATE $schema.integrations SET tenant_id = 'ten_x'`);
      const created = await create('integrations', { name: `new ${n}`, url: URL });
      const { repaired } = await run('repair');
      expect(repaired && differing(repaired)).toEqual({});
      expect((await call('GET', `integrations/${created}`, { tenant: 'ten_1' })).status).toBe(200);
    }
    stop.abort();
    await Promise.all(changing);
    for (const id of ids) {
      const { body } = await call('GET', `integrations/${id}`, { tenant: 'ten_1' });
      expect(body.name).toBe(`changed ${made.get(id)}`);
    }
    expect(differing((await run('check')).found)).toEqual({});
  });

  it.each([
    ['type', `'TenantCreatedByMagic'`, 'unknown_domain_event'],
    ['schema_version', '9', 'newer_domain_event'],
    ['aggregate', `'wizard'`, 'unknown_domain_event'],
  ])(
    'stops at a domain event whose %s is %s, which it cannot read, and changes nothing',
    async (column, value, code) => {
      const [before] = await query(`SELECT ${column} AS value FROM $schema.domain_events WHERE aggregate_id = 'ten_1'`);
      await query(`UPDATE $schema.domain_events SET ${column} = ${value} WHERE aggregate_id = 'ten_1'`);
      await query(`UPDATE $schema.tenants SET position = 77777`);
      await expect(run('repair')).rejects.toMatchObject({ code, message: expect.stringContaining('ten_1') });
      expect(await query('SELECT position FROM $schema.tenants')).toEqual([{ position: '77777' }]);
      await query(`UPDATE $schema.domain_events SET ${column} = $1 WHERE aggregate_id = 'ten_1'`, [before?.value]);
      await run('repair');
    },
  );

  it('says when the topic is ahead of the domain events, and does not write an older version behind a newer', async () => {
    const id = await create('integrations', { name: 'a', url: URL });
    await call('POST', `integrations/${id}/disable`, { tenant: 'ten_1' });
    await query(`DELETE FROM $schema.domain_events WHERE aggregate_id = $1 AND version = 2`, [id]);
    const { found, repaired } = await run('repair');
    expect(differing(found)).toMatchObject({ 'topic configuration ahead': [id] });
    expect(repaired && differing(repaired)).toEqual({ 'topic configuration ahead': [id] });
    expect(await config.lastOf(id)).toMatchObject({ version: 2 });
  });

  it('stops at a record of the topic that a newer release wrote', async () => {
    const { key, value } = configurationV1.encode('tenant:ten_1', { kind: 'tenant' } as never);
    await config.write({ key, headers: { 'hookstile-contract': 'configuration/2' }, value });
    await expect(run('repair')).rejects.toMatchObject({ code: 'newer_record' });
  });
});
