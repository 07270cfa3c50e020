import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../stack/free-ports.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { confinementOf } from './confinement.ts';
import { type Container, canContain, IMAGE_USER } from './contained.ts';
import {
  CONTAINED_SERVICES,
  type ContainerStack,
  composeCommands,
  startContained,
  startContainerStack,
} from './container-stack.ts';
import { lastStageOf, parseDockerfile } from './dockerfile.ts';
import { productionTree } from './production-tree.ts';

const START_TIMEOUT_MS = 300_000;
const TENANT = 'ten-contained';
/** All that a container can write to: what is no file system of its own. */
const NO_FILES = ['/proc', '/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];
const WRITES = [
  '/x',
  '/app/x',
  '/app/apps/config/dist/main.js',
  '/tmp/x',
  '/etc/x',
  '/dev/x',
  '/usr/x',
  '/opt/node',
  '/home/x',
];

const instructions = parseDockerfile(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'));
const lastStage = lastStageOf(instructions);
const imageVariables = Object.assign({}, ...lastStage.map((one) => (one.kind === 'env' ? one.variables : {})));
const adminKey = `hk_${randomBytes(24).toString('hex')}`;
const name = `image_${randomBytes(6).toString('hex')}`;

/** Mounting is root's alone; elsewhere than there `npm run prove-image` has to be run under sudo. */
describe.runIf(canContain())('the image with a read-only root, as an ordinary user without capabilities', () => {
  let folder: string;
  let container: Container;
  let receiver: Receiver;
  let stack: ContainerStack;

  const atDatabase = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };

  const call = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${stack.baseUrl}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'hookstile-tenant': TENANT, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hookstile-image-'));
    const imageRoot = process.env.HOOKSTILE_IMAGE_ROOT ?? join(folder, 'image');
    container = { imageRoot, mountPoint: join(folder, 'root'), workdir: '/app', user: IMAGE_USER };
    mkdirSync(container.mountPoint);
    if (process.env.HOOKSTILE_IMAGE_ROOT === undefined)
      productionTree(REPOSITORY, join(imageRoot, 'app'), instructions);
    await atDatabase(`CREATE DATABASE ${name}`);
    const database = new URL(process.env.DATABASE_URL ?? '');
    database.pathname = name;
    receiver = await startReceiver();
    stack = await startContainerStack({
      container,
      commands: composeCommands(REPOSITORY),
      ports: await freePorts(CONTAINED_SERVICES.length),
      environment: {
        ...imageVariables,
        HOST: '127.0.0.1',
        KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '',
        DATABASE_URL: database.href,
        HOOKSTILE_TOPIC_PREFIX: `${name}.`,
        HOOKSTILE_PARTITIONS: '2',
        HOOKSTILE_ADMIN_KEY: adminKey,
        HOOKSTILE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
        HOOKSTILE_EGRESS_ALLOW: '127.0.0.0/8',
      },
    });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await stack?.stop();
    await receiver?.close();
    await atDatabase(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs each service confined, with nothing mounted that it can write a file to', () => {
    expect(stack.processes.map((one) => one.name)).toEqual([...CONTAINED_SERVICES]);
    for (const { child } of stack.processes) {
      const { writableMounts, ...confinement } = confinementOf(child.pid ?? 0);
      const [uid = '', gid = ''] = IMAGE_USER.split(':');
      expect(confinement).toEqual({
        uids: [uid, uid, uid, uid],
        gids: [gid, gid, gid, gid],
        capabilities: [],
        noNewPrivileges: true,
      });
      expect(writableMounts.sort()).toEqual([...NO_FILES].sort());
    }
  });

  it('lets nothing be written, whatever is tried', async () => {
    const tries = `for (const path of ${JSON.stringify(WRITES)}) {
      try { require('node:fs').writeFileSync(path, 'x'); console.log('wrote', path); } catch (error) { console.log(error.code); }
    }`;
    const { ended, output } = startContained('writer', container, ['node', '-e', tries], {});
    expect(await ended).toBe(0);
    const outcomes = output().trim().split('\n');
    expect(outcomes).toHaveLength(WRITES.length);
    expect(outcomes.filter((outcome) => !['EROFS', 'EACCES', 'ENOENT'].includes(outcome))).toEqual([]);
  });

  it('delivers an event, and shows the attempt', async () => {
    expect(await call('POST', 'tenants', { id: TENANT, name: TENANT, plan: 'standard' })).toMatchObject({
      status: 201,
    });
    const url = `${receiver.url}/hook`;
    expect(await call('POST', 'integrations', { name: 'SIEM', url })).toMatchObject({ status: 201 });
    expect(await call('POST', 'events', { type: 'a.b', data: { n: 1 } })).toMatchObject({ status: 202 });
    const shown = async () => ((await call('GET', 'event-log')).body.items as { outcome: string }[] | undefined) ?? [];
    const [attempt] = await until(async () => ((await shown()).length > 0 ? shown() : null), {
      what: 'an attempt in the event log',
      timeoutMs: 20_000,
    });
    expect(attempt).toMatchObject({ outcome: 'succeeded', httpStatus: 200 });
  });

  it('ends each service in order when it is told to', async () => {
    const codes = await stack.stop();
    expect(codes).toEqual(Object.fromEntries(CONTAINED_SERVICES.map((service) => [service, 0])));
  });
});
