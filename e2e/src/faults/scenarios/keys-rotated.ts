import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { until } from '@hookstile/testing';
import { REPOSITORY } from '../../../../tools/stack/settings.ts';
import { Api } from '../../api.ts';
import { Canaries } from '../../canaries/canaries.ts';
import { scanDatabase, scanFiles, scanProcesses, scanTopics } from '../../canaries/scan.ts';
import type { Instance } from '../stack/fault-stack.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';

const PROGRAM = join(REPOSITORY, 'apps/config/dist/rotate-keys/main.js');
const KEY_BYTES = 32;
/** Three batches: a run can be killed between them. */
const FURTHER_TENANTS = 250;
const TENANTS_AT_A_TIME = 10;
const SUCCESSES_BETWEEN = 40;
const FIRST_BATCH_TIMEOUT_MS = 60_000;

/** Who opens comes first: config would else wrap a key that a dispatcher cannot unwrap. */
const OPENERS_FIRST: readonly Instance[] = ['dispatcher', 'dispatcher-2', 'router', 'front-door', 'audit', 'config'];

/** No fault is noted: whatever is repeated is found, and no delivery may fail. */
export const keysRotated: Scenario = {
  name: 'keys-rotated',
  about:
    'the key ring is rotated under load, the program killed once in each rotation: no delivery fails, no secret is found',
  dispatchers: 2,
  world: { tenants: 5, endpoints: Array.from({ length: 10 }, () => 'healthy' as const), perSecond: 20 },
  count: 3,
  run: async (stage) => {
    const canaries = new Canaries();
    await giveSecrets(stage, canaries);
    await furtherTenants(stage);
    stage.world.startSending();
    await stage.moreSuccesses(SUCCESSES_BETWEEN);
    const from = { successes: stage.successes, atMs: performance.now() };
    const kills: string[] = [];
    for (let rotations = 0; rotations < stage.count; rotations += 1) kills.push(await rotate(stage, canaries));
    const perSecond = ((stage.successes - from.successes) * 1_000) / (performance.now() - from.atMs);
    await noneFailed(stage);
    const looked = await nothingFound(stage, canaries);
    return [`${perSecond.toFixed(0)} deliveries/s meanwhile; killed with ${kills.join(', ')} keys wrapped; ${looked}`];
  },
};

/** Each integration sends a header that is nobody else's; they sign as well. */
async function giveSecrets({ world, stack }: Stage, canaries: Canaries): Promise<void> {
  canaries.watch('the ring', keyOf(stack.environment.HOOKSTILE_ENCRYPTION_KEYS));
  canaries.watch('the platform key', stack.adminKey);
  for (const integration of world.integrations) {
    const headers = { 'X-Canary': canaries.make('header value') };
    await world.patch(integration, { request: { headers } });
  }
}

async function furtherTenants({ stack, random }: Stage): Promise<void> {
  const admin = new Api(stack.urlOf('config'), stack.adminKey);
  const name = `keys-${random.whole(0, Number.MAX_SAFE_INTEGER - 1).toString(36)}`;
  for (let from = 0; from < FURTHER_TENANTS; from += TENANTS_AT_A_TIME) {
    const ids = Array.from({ length: TENANTS_AT_A_TIME }, (_, n) => `${name}-${from + n}`);
    const create = (id: string) =>
      admin.expect(201, 'POST', '/v1/tenants', { body: { id, name: id, plan: 'standard' } });
    await Promise.all(ids.map(create));
  }
}

/** As the runbook says: the new key everywhere, the program until it is done, the old key gone everywhere. */
async function rotate(stage: Stage, canaries: Canaries): Promise<string> {
  const { stack } = stage;
  const old = stack.environment.HOOKSTILE_ENCRYPTION_KEYS ?? '';
  const id = `r${randomBytes(4).toString('hex')}`;
  const added = `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
  canaries.watch('the new key', keyOf(added));
  await restart(stage, `${added},${old}`);
  const killed = begin(stack.environment);
  const wrapped = async () =>
    (await stack.query<{ n: number }>('select count(*)::int as n from config.tenant_keys where key_id = $1', [id]))[0]
      ?.n;
  await until(async () => ((await wrapped()) ?? 0) > 0, {
    timeoutMs: FIRST_BATCH_TIMEOUT_MS,
    intervalMs: 2,
    what: 'the first keys wrapped anew',
  });
  killed.child.kill('SIGKILL');
  await killed.ended;
  const before = await wrapped();
  const { code, said } = await begin(stack.environment).ended;
  if (code !== 0) throw new Error(`rotate-keys ended with ${code}: ${said}`);
  await restart(stage, added);
  return String(before);
}

async function restart(stage: Stage, keys: string): Promise<void> {
  stage.stack.environment.HOOKSTILE_ENCRYPTION_KEYS = keys;
  for (const instance of OPENERS_FIRST) {
    const service = stage.stack.service(instance);
    await stage.moreSuccesses(SUCCESSES_BETWEEN);
    const end = await service.stop();
    if (end !== 'code 0') throw new Error(`${instance} ended with ${end}`);
    await service.start();
  }
}

function begin(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [PROGRAM], { env: { ...env, METRICS_PORT: '0' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
  return { child, ended };
}

/** The endpoints always take what they get: an attempt that failed was Hookstile's own fault. */
async function noneFailed({ stack, world }: Stage): Promise<void> {
  for (const tenantId of world.tenantIds) {
    const api = new Api(stack.urlOf('audit'), stack.adminKey, tenantId);
    const rows = await api.list<{ error: string }>('/v1/event-log?outcome=failed');
    if (rows.length > 0) throw new Error(`${rows.length} attempts failed, the last by ${rows[0]?.error}`);
  }
}

async function nothingFound({ stack }: Stage, canaries: Canaries): Promise<string> {
  const scans = [
    await scanDatabase(stack.direct.databaseUrl, canaries),
    await scanTopics(stack.direct.kafkaBrokers, canaries),
    scanFiles('logs', join(stack.home, 'logs'), canaries),
    scanProcesses(canaries),
  ];
  const found = scans.flatMap((scan) => scan.found);
  if (found.length > 0) throw new Error(`${found.length} secrets were found, such as ${found[0]}`);
  return `none of ${canaries.all.length} secrets in ${scans.map(({ place, items }) => `${items} of ${place}`).join(', ')}`;
}

/** The key itself, without its id. */
function keyOf(entry = ''): string {
  return entry.split(',')[0]?.split(':')[1] ?? '';
}
