import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type EventLogRow } from './api.js';
import { type Stack, startStack } from './stack.js';

/** As `npx hookstile` finds it. */
const COMMAND = fileURLToPath(new URL('../../node_modules/.bin/hookstile', import.meta.url));
const SHOWN_WITHIN_MS = 30_000;

let stack: Stack;
let receiver: Receiver;
let key: string;
const folder = mkdtempSync(join(tmpdir(), 'hookstile-cli-'));
const running: ChildProcess[] = [];

class Run {
  out = '';
  err = '';
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;

  constructor(args: readonly string[], piped: string | null) {
    const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder };
    this.child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk;
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk;
    });
    this.child.stdin?.end(piped ?? '');
    this.code = new Promise((resolve) => this.child.once('close', resolve));
    running.push(this.child);
  }
}

async function hookstile(args: readonly string[], piped: string | null = null) {
  const run = new Run(args, piped);
  const code = await run.code;
  return { code, out: run.out, err: run.err };
}

/** A tenant of its own, and a key that edits it. */
async function tenantWithKey(): Promise<{ api: Api; key: string }> {
  const admin = new Api(stack.run.baseUrl, stack.run.adminKey);
  const tenantId = `cli-${randomSuffix()}`;
  await admin.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: 'Command line', plan: 'standard' } });
  const api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
  const body = { name: 'cli', role: 'editor' };
  return { api, key: (await api.expect<{ key: string }>(201, 'POST', '/v1/api-keys', { body })).key };
}

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
  const { api, key: own } = await tenantWithKey();
  key = own;
  await api.expect(201, 'POST', '/v1/integrations', { body: { name: 'One', url: `${receiver.url}/one` } });
});

afterAll(async () => {
  for (const child of running) child.kill();
  await receiver?.close();
  await stack?.stop();
});

describe('the command line', () => {
  it('logs in with a key that is piped in, and keeps it for its owner alone', async () => {
    const refused = await hookstile(['login', '--url', stack.run.baseUrl], 'hk_wrong');
    expect([refused.code, refused.out]).toEqual([1, '']);
    const { code, out, err } = await hookstile(['login', '--url', stack.run.baseUrl, '--profile', 'own'], key);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain(key);
    expect(statSync(join(folder, 'hookstile', 'profiles.json')).mode & 0o777).toBe(0o600);
  });

  it('makes the integrations be those of a file: once, a second time nothing, and in a dry run nothing either', async () => {
    const { api, key: lists } = await tenantWithKey();
    await hookstile(['login', '--url', stack.run.baseUrl, '--profile', 'lists'], lists);
    const apply = (args: string[], piped?: string) => hookstile(['apply', '--profile', 'lists', ...args], piped);
    const path = join(folder, 'hooks.yaml');
    writeFileSync(
      path,
      `- name: One\n  url: ${receiver.url}/one\n- name: Two\n  url: ${receiver.url}/two\n  eventTypes: [other.*]\n`,
    );
    const first = await apply(['-f', path]);
    expect(first, first.err).toMatchObject({ code: 0 });
    expect(first.out).toContain('2 created');
    expect(first.out).toMatch(/signing secret of One, shown this once: whsec_/);
    const second = await apply(['-f', path]);
    expect([second.code, second.out]).toEqual([0, 'Planned: 0 created, 0 changed, 0 deleted, 2 unchanged\n']);
    writeFileSync(path, `- name: One\n  url: ${receiver.url}/one\n  disableAfter: 7\n`);
    const dry = await apply(['-f', path, '--dry-run']);
    expect(dry.out).toContain('/disableAfter: 100 → 7');
    expect(dry.out).toContain('- Two');
    const unasked = await apply(['-f', path]);
    expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining('Say --yes')]);
    expect(await api.list('/v1/integrations')).toHaveLength(2);
    expect(await apply(['-f', path, '--yes'])).toMatchObject({ code: 0 });
    expect(await api.list('/v1/integrations')).toMatchObject([{ name: 'One', disableAfter: 7 }]);
    const wrong = await apply(['-f', '-'], '[{"name": "One", "url": "nonsense"}]');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('/items/0/url: ')]);
  });

  it('shows an event that it sends as it arrives', async () => {
    const tail = new Run(['tail', '--profile', 'own', '--type', 'cli.sent', '--count', '2', '--json'], null);
    const shown = (): EventLogRow[] => tail.out.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
    // The stream begins when it has connected: events are sent until one is seen.
    await until(
      async () => {
        const sent = await hookstile([
          'send',
          '--profile',
          'own',
          'cli.sent',
          '--data',
          '{"n": 1.50}',
          '--subject',
          's',
        ]);
        expect(sent, sent.err).toMatchObject({ code: 0, out: expect.stringMatching(/^Accepted: /) });
        return shown().length > 0;
      },
      { timeoutMs: SHOWN_WITHIN_MS, intervalMs: 200 },
    );
    await hookstile(['send', '--profile', 'own', 'cli.sent', '--data', '{}']);
    expect(await tail.code, tail.err).toBe(0);
    expect(shown()).toMatchObject([
      { eventType: 'cli.sent', outcome: 'succeeded', httpStatus: 200 },
      { eventType: 'cli.sent' },
    ]);
    expect(receiver.on('/one').map(({ body }) => body.toString())[0]).toContain('"data":{"n": 1.50}');
  });

  it('goes on with its stream where audit was started again', async () => {
    const tail = new Run(['tail', '--profile', 'own', '--search', 'cli-kept', '--json'], null);
    const seen = () => [...tail.out.matchAll(/"eventId":"([^"]+)"/g)].map((match) => match[1]);
    const send = (id: string) => hookstile(['send', '--profile', 'own', 'cli.kept', '--data', '1', '--id', id]);
    await until(
      async () => {
        await send(`cli-kept-${randomSuffix()}`);
        return seen().length > 0;
      },
      { timeoutMs: SHOWN_WITHIN_MS, intervalMs: 200 },
    );
    const { pid } = stack.current().services.audit;
    process.kill(pid, 'SIGKILL');
    expect(await send('cli-kept-meanwhile')).toMatchObject({ code: 0 });
    await until(() => stack.current().services.audit.pid !== pid, { timeoutMs: 30_000 });
    await until(() => seen().includes('cli-kept-meanwhile'), { timeoutMs: 30_000 });
    expect(new Set(seen()).size).toBe(seen().length);
    tail.child.kill('SIGINT');
    expect(await tail.code).toBe(0);
  });

  it('has a delivery sent again, under its id', async () => {
    const api = new Api(stack.run.baseUrl, key);
    const [row] = await api.list<EventLogRow>('/v1/event-log?eventType=cli.sent');
    const deliveryId = String(row?.deliveryId);
    const again = await hookstile(['redeliver', '--profile', 'own', deliveryId]);
    expect(again, again.err).toMatchObject({ code: 0, out: `Will be sent again: ${deliveryId}\n` });
    const redelivered = () => api.list<EventLogRow>(`/v1/event-log?deliveryId=${deliveryId}&trigger=redelivery`);
    await until(async () => (await redelivered()).length > 0, { timeoutMs: SHOWN_WITHIN_MS });
    expect(receiver.on('/one').filter(({ headers }) => headers['webhook-id'] === deliveryId)).toHaveLength(2);
  });

  it('says in a sentence why a delivery is not sent again', async () => {
    const unknown = await hookstile(['redeliver', '--profile', 'own', 'dlv_unknown']);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/^Refused: .+ \(404 not_found\)\.\n$/)]);
  });
});
