import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type IntegrationConfiguration, secretOwner } from '@hookstile/contracts';
import { KeyRing } from '@hookstile/service-runtime';
import { firstBuildsSecret, testBrokers, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigUnderTest, ENCRYPTION_KEYS, instanceOf } from '../config-under-test.js';

const PROGRAM = fileURLToPath(new URL('../../dist/rotate-keys/main.js', import.meta.url));
const NEW = `new:${Buffer.alloc(32, 9).toString('base64')}`;
const BOTH = `${NEW},${ENCRYPTION_KEYS}`;
/** More than two batches. */
const TENANTS = 230;
const PASSWORD = 'a password that nobody else has';
const RUN_TIMEOUT_MS = 60_000;

describe('rotate-keys', { timeout: RUN_TIMEOUT_MS * 2 }, () => {
  let config: ConfigUnderTest;
  let call: ReturnType<typeof instanceOf>;
  const query = async <Row>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: config.database.url });
    await client.connect();
    try {
      return (await client.query(sql.replaceAll('$schema', `"${config.database.schema}"`), values)).rows as Row[];
    } finally {
      await client.end();
    }
  };
  const begin = (
    keys: string,
    partitions = '3',
  ): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } => {
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        PATH: process.env.PATH,
        KAFKA_BROKERS: testBrokers().join(),
        DATABASE_URL: config.database.url,
        DATABASE_SCHEMA: config.database.schema,
        HOOKSTILE_TOPIC_PREFIX: config.prefix,
        HOOKSTILE_PARTITIONS: partitions,
        HOOKSTILE_ENCRYPTION_KEYS: keys,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
    const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, said })),
    );
    return { child, ended };
  };
  const rotate = (keys: string) => begin(keys).ended;
  const underOf = async (keyId: string) =>
    (await query('SELECT 1 FROM $schema.tenant_keys WHERE key_id = $1', [keyId])).length;

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    const ids = Array.from({ length: TENANTS }, (_, n) => `ten_${n}`);
    for (let from = 0; from < TENANTS; from += 50) {
      const some = ids.slice(from, from + 50);
      await Promise.all(some.map((id) => call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } })));
    }
  });
  afterAll(() => config?.destroy());

  const createIntegration = async (tenant: string) => {
    const auth = { type: 'basic', username: 'u', password: PASSWORD };
    const body = { name: 'SIEM', url: 'https://example.com', request: { auth } };
    return (await call('POST', 'integrations', { tenant, body })).body;
  };

  it('goes on where a killed run ended, changes no integration, and then changes nothing', async () => {
    const { id, version } = await createIntegration('ten_7');
    const { child, ended } = begin(BOTH);
    await until(async () => (await underOf('new')) > 0, { what: 'the first batch', intervalMs: 5 });
    child.kill('SIGKILL');
    await ended;
    const after = await underOf('new');
    expect(after % 100).toBe(0);
    const { code, said } = await rotate(BOTH);
    expect(said).toContain(`${TENANTS - after} tenant keys wrapped under "new" in this run.`);
    expect(said).toContain('every key but "new" may leave the ring');
    expect([code, await underOf('new'), await underOf('test')]).toEqual([0, TENANTS, 0]);
    expect(await rotate(NEW)).toMatchObject({ code: 0, said: expect.stringContaining('0 tenant keys wrapped') });
    const record = (await config.lastOf(id)) as IntegrationConfiguration;
    expect(record.version).toBe(version);
    const wrapped = (await config.tenantKeyOf('ten_7'))?.wrapped;
    const { auth } = record.settings.request;
    if (!wrapped || auth.type !== 'basic') throw new Error('no key or no password');
    const secrets = KeyRing.parse(NEW).secretsOf('ten_7', wrapped);
    expect(secrets.open(auth.password, secretOwner('integration', id))).toBe(PASSWORD);
  });

  it('finds keys that a service with the old ring made meanwhile', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_late', name: 'late', plan: 'standard' } });
    expect(await underOf('test')).toBe(1);
    expect(await rotate(BOTH)).toMatchObject({ code: 0, said: expect.stringContaining('1 tenant key wrapped') });
  });

  it('says what still needs a key that it was not given, and ends with 1', async () => {
    await query(`DELETE FROM $schema.tenant_keys WHERE tenant_id = 'ten_8'`);
    await createIntegration('ten_8');
    const { code, said } = await rotate(NEW);
    expect(code).toBe(1);
    expect(said).toContain('Cannot be opened by any key of this ring: tenant:ten_8.');
    expect(said).toContain('"test" must stay in the ring');
    expect((await rotate(BOTH)).code).toBe(0);
  });

  it('seals secrets of the first builds anew, keeping when they were set', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_first', name: 'first', plan: 'standard' } });
    const { id, version } = await createIntegration('ten_first');
    const old = firstBuildsSecret(ENCRYPTION_KEYS, 'of the first builds', secretOwner('integration', id));
    const json = JSON.stringify(old);
    const at = `'{settings,request,auth,password}'`;
    await query(`UPDATE $schema.integrations SET state = jsonb_set(state, ${at}, $2) WHERE id = $1`, [id, json]);
    await query(
      `UPDATE $schema.domain_events SET data = jsonb_set(data, ${at}, $2) WHERE aggregate_id = $1 AND version = 1`,
      [id, json],
    );
    const { code, said } = await rotate(BOTH);
    expect([code, said]).toEqual([0, expect.stringContaining('1 integration or decision rule of the first builds')]);
    const record = (await config.lastOf(id)) as IntegrationConfiguration;
    expect(record.version).toBe(version + 1);
    const { auth } = record.settings.request;
    if (auth.type !== 'basic') throw new Error('no password');
    expect(auth.password).toMatchObject({ keyId: 'ten_first', updatedAt: old.updatedAt });
    const wrapped = (await config.tenantKeyOf('ten_first'))?.wrapped;
    const secrets = wrapped && KeyRing.parse(NEW).secretsOf('ten_first', wrapped);
    expect(secrets?.open(auth.password, secretOwner('integration', id))).toBe('of the first builds');
  });

  it('changes nothing where it was given another number of partitions than the topics have', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_kept', name: 'kept', plan: 'standard' } });
    expect((await begin(BOTH, '12').ended).code).toBe(2);
    expect(await underOf('test')).toBe(1);
  });
});
