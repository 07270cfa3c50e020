import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyPorts, freeBasePort, type RunFile, type Stack, startStack, temporaryHome } from './stack.js';

const GONE_TIMEOUT_MS = 45_000;
const TEST_TIMEOUT_MS = 240_000;
const TENANT = { id: 'kept', name: 'Kept', plan: 'standard' };

/** Every process whose command line or environment names the home. */
function processesOf(home: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const text = `${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
        return text.includes(home);
      } catch {
        return false;
      }
    });
}

function pidsOf(run: RunFile): number[] {
  const { config, dispatcher, audit } = run.services;
  const services = [config, run.services['event-ingest'], ...dispatcher, audit];
  return [...services.map(({ pid }) => pid), run.kafka.pid, run.postgres.pid].filter((pid) => pid !== null);
}

function call(run: RunFile, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${run.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${run.adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('npm start', { timeout: TEST_TIMEOUT_MS }, () => {
  const home = temporaryHome();
  let port: number;
  let stack: Stack | undefined;
  const start = async (options: { byNpm?: boolean; env?: Record<string, string> } = {}): Promise<Stack> => {
    stack = await startStack({ home, port, ...options });
    return stack;
  };
  const nothingIsLeft = async (): Promise<void> => {
    await until(() => (processesOf(home).length === 0 ? true : null), {
      what: 'all processes to have ended',
      timeoutMs: GONE_TIMEOUT_MS,
    });
    expect(await busyPorts(port)).toEqual([]);
  };

  beforeAll(async () => {
    port = await freeBasePort();
  });
  afterAll(async () => {
    if (stack?.process.exitCode === null && stack.process.signalCode === null) await stack.stop();
    await nothingIsLeft();
    rmSync(home, { recursive: true, force: true });
  });

  it('writes run.json when all is ready; Ctrl-C leaves no process, no port and no half-written state', async () => {
    const { run, stop } = await start({ byNpm: true });
    expect(run).toMatchObject({
      ready: true,
      baseUrl: `http://127.0.0.1:${port}`,
      kafka: { brokers: [expect.any(String)] },
    });
    expect(statSync(join(home, 'run.json')).mode & 0o777).toBe(0o600);
    for (const pid of pidsOf(run)) expect(existsSync(`/proc/${pid}`)).toBe(true);
    expect((await fetch(`${run.baseUrl}/readyz`)).status).toBe(200);
    expect((await call(run, 'POST', '/v1/tenants', TENANT)).status).toBe(201);
    expect(await stop()).toBe(0);
    await nothingIsLeft();
    expect(readdirSync(home).filter((name) => /run\.json|processes|start\.json|\.new$/.test(name))).toEqual([]);
  });

  it('keeps the data, and refuses a second start on the same home', async () => {
    const { run } = await start();
    expect(await (await call(run, 'GET', `/v1/tenants/${TENANT.id}`)).json()).toMatchObject(TENANT);
    const other = await freeBasePort();
    await expect(startStack({ home, port: other })).rejects.toThrow(/already runs on .*HOOKSTILE_HOME=/);
    await expect(startStack({ port })).rejects.toThrow(/is in use .*HOOKSTILE_PORT=/);
  });

  it('starts a killed service again and writes its new pid into run.json', async () => {
    const running = stack as Stack;
    const dispatcherOf = ({ services }: RunFile) => services.dispatcher[0] as RunFile['services']['audit'];
    const { pid, url } = dispatcherOf(running.run);
    process.kill(pid, 'SIGKILL');
    await until(() => dispatcherOf(running.current()).pid !== pid, { what: 'a new pid of the dispatcher' });
    // It answers once its consumer group has given the dead member up.
    await until(async () => (await fetch(`${url}/livez`)).ok, {
      what: 'the dispatcher to answer again',
      timeoutMs: GONE_TIMEOUT_MS,
    });
  });

  it('can be started at once after it was killed, with its data; killed and not started again, it leaves nothing either', async () => {
    const killed = stack as Stack;
    const left = pidsOf(killed.current());
    await killed.kill();
    const { run, kill } = await start();
    expect(pidsOf(run).filter((pid) => left.includes(pid))).toEqual([]);
    for (const pid of left) expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect((await call(run, 'GET', `/v1/tenants/${TENANT.id}`)).status).toBe(200);
    // Killed and never started again: the reaper sees to it.
    await kill();
    await nothingIsLeft();
  });

  it('stops everything when npm is killed above it', async () => {
    const { kill } = await start({ byNpm: true });
    await kill();
    await nothingIsLeft();
  });
});
