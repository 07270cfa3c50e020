import { type IntegrationConfiguration, type SealedSecret, secretOwner } from '@hookstile/contracts';
import { KeyRing } from '@hookstile/service-runtime';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, ConfigUnderTest, ENCRYPTION_KEYS, instanceOf } from '../config-under-test.js';

const PASSWORD = 'a password that nobody else has';
const ANY = { 'if-match': '*' };

describe("the key of a tenant's secrets", () => {
  let config: ConfigUnderTest;
  let call: ReturnType<typeof instanceOf>;
  const query = async <Row>(sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: config.database.url });
    await client.connect();
    try {
      return (await client.query(sql.replaceAll('$schema', `"${config.database.schema}"`))).rows as Row[];
    } finally {
      await client.end();
    }
  };
  const createTenant = (id: string) => call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
  const createIntegration = async (tenant: string, rest: Call = {}) => {
    const auth = { type: 'basic', username: 'u', password: PASSWORD };
    const body = { name: 'SIEM', url: 'https://example.com', request: { auth, headers: { 'X-A': PASSWORD } } };
    return (await call('POST', 'integrations', { tenant, body, ...rest })).body;
  };

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
  });
  afterAll(() => config?.destroy());

  it('is made with the tenant, and stands in the topic before what is sealed under it', async () => {
    await createTenant('ten_first');
    const { id } = await createIntegration('ten_first');
    const records = (await config.configuration()).filter((record) => 'tenantId' in record || record.kind === 'tenant');
    const kinds = records.filter((record) => record.id === 'ten_first' || record.id === id).map(({ kind }) => kind);
    expect(kinds).toEqual(['tenant', 'tenant-key', 'integration']);
    expect(await config.tenantKeyOf('ten_first')).toMatchObject({ version: 1, deleted: false, tenantId: 'ten_first' });
  });

  it('is made once for a tenant of the first builds, when many need it at the same time', async () => {
    await createTenant('ten_old');
    await query(`DELETE FROM $schema.tenant_keys WHERE tenant_id = 'ten_old'`);
    const created = await Promise.all(Array.from({ length: 8 }, () => createIntegration('ten_old')));
    for (const { id } of created) {
      const record = (await config.lastOf(id)) as IntegrationConfiguration;
      const { auth } = record.settings.request;
      const password = auth.type === 'basic' ? auth.password : null;
      expect(await config.opened('ten_old', password, 'integration', id)).toBe(PASSWORD);
    }
  });

  it('goes with the tenant, and no stored copy of its secrets can be opened after', async () => {
    await createTenant('ten_gone');
    const { id } = await createIntegration('ten_gone');
    const owner = secretOwner('integration', id);
    const before = await config.tenantKeyOf('ten_gone');
    const [version] = await query<{ version: number }>(`SELECT version FROM $schema.tenants WHERE id = 'ten_gone'`);
    expect(
      (await call('DELETE', 'tenants/ten_gone', { headers: { 'if-match': `"${version?.version}"` } })).status,
    ).toBe(204);
    const copies = [
      ...(await query<{ text: string }>(
        `SELECT data::text AS text FROM $schema.domain_events WHERE aggregate_id = '${id}'`,
      )),
      ...(await query<{ text: string }>(
        `SELECT convert_from(value, 'UTF8') AS text FROM $schema.outbox WHERE key LIKE '%${id}'`,
      )),
      ...(await query<{ text: string }>(`SELECT state::text AS text FROM $schema.integrations WHERE id = '${id}'`)),
      ...(await config.configuration()).map((record) => ({ text: JSON.stringify(record) })),
    ].flatMap(({ text }) => sealedIn(JSON.parse(text)));
    expect(copies.length).toBeGreaterThan(5);
    // With the key that was, which stood in the topic until compaction took it, each of this integration's could be opened.
    const ring = KeyRing.parse(ENCRYPTION_KEYS);
    const had = before?.wrapped && ring.secretsOf('ten_gone', before.wrapped);
    const opened = copies.filter(({ keyId }) => keyId === 'ten_gone').map((sealed) => had?.open(sealed, owner));
    expect(new Set(opened)).toContain(PASSWORD);
    // What is stored now holds no key that could: neither the table, nor the outbox, nor the topic's newest record.
    expect(await query(`SELECT * FROM $schema.tenant_keys WHERE tenant_id = 'ten_gone'`)).toMatchObject([
      { version: 2, key_id: null, nonce: null, ciphertext: null },
    ]);
    const outbox = await query<{ text: string }>(
      `SELECT convert_from(value, 'UTF8') AS text FROM $schema.outbox WHERE key = 'tenant-key:ten_gone'`,
    );
    expect(outbox.map(({ text }) => JSON.parse(text).wrapped)).toEqual([null]);
    expect(await config.tenantKeyOf('ten_gone')).toMatchObject({ version: 2, deleted: true, wrapped: null });
  });

  it('leaves the facts about a deleted tenant and its things', async () => {
    await createTenant('ten_facts');
    const { id } = await createIntegration('ten_facts');
    await call('DELETE', 'tenants/ten_facts', { headers: ANY });
    const facts = await query<{ type: string }>(
      `SELECT type FROM $schema.domain_events WHERE aggregate_id IN ('ten_facts', '${id}') ORDER BY sequence`,
    );
    const types = ['TenantCreated', 'IntegrationCreated', 'IntegrationDeleted', 'TenantDeleted'];
    expect(facts.map(({ type }) => type)).toEqual(types);
  });

  it('is published again where the topic has an older one', async () => {
    await createTenant('ten_lost');
    const key = await config.tenantKeyOf('ten_lost');
    if (!key) throw new Error('no key');
    await config.append({ ...key, version: 0 });
    await expect.poll(async () => (await config.tenantKeyOf('ten_lost'))?.version, { timeout: 10_000 }).toBe(1);
  });
});

/** Every sealed secret that stands somewhere in a value. */
function sealedIn(value: unknown): SealedSecret[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('ciphertext' in value && 'lastFour' in value) return [value as SealedSecret];
  return Object.values(value).flatMap(sealedIn);
}
