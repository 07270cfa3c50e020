import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@hookstile/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeApi, json } from './command-line.fake.ts';

const COMMAND = fileURLToPath(new URL('../bin/hookstile.js', import.meta.url));
const PROCESS_TIMEOUT_MS = 60_000;
const PLAN = { dryRun: true, summary: { created: 1, changed: 0, deleted: 0, unchanged: 0 }, items: [] };

describe('the process of a command', { timeout: PROCESS_TIMEOUT_MS }, () => {
  const home = mkdtempSync(join(tmpdir(), 'hookstile-cli-'));
  const file = join(home, 'hooks.yaml');
  let api: FakeApi;

  beforeEach(async () => {
    writeFileSync(file, '- {name: SIEM, url: "https://s"}\n');
    api = await FakeApi.start();
  });
  afterEach(() => api.close());

  /** Resolves with the exit code, or with the signal that ended it. */
  function start(args: string[], stdout: number | 'pipe' = 'pipe') {
    const env = { ...process.env, XDG_CONFIG_HOME: home, HOOKSTILE_URL: api.url, HOOKSTILE_API_KEY: 'k' };
    const child = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', stdout, 'pipe'] });
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
    return { child, ended };
  }

  it('ends an apply at once on Ctrl-C: what was only planned is not done', async () => {
    api.answer = () => {};
    const { child, ended } = start(['apply', '-f', file]);
    await until(() => api.requests.length === 1, { timeoutMs: PROCESS_TIMEOUT_MS });
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(api.requests).toHaveLength(1);
  });

  it('ends a tail in order on Ctrl-C, and where whoever reads it has seen enough', async () => {
    api.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: attempt\ndata: {}\n\n');
    };
    const stopped = start(['tail', '--json']);
    await new Promise((resolve) => stopped.child.stdout?.once('data', resolve));
    stopped.child.kill('SIGINT');
    expect(await stopped.ended).toBe(0);
    const unread = start(['tail', '--json']);
    unread.child.stdout?.destroy();
    expect(await unread.ended).toBe(0);
  });

  it('does not say "done" of what it could not tell, such as a secret that is shown once', async () => {
    api.answer = (_request, response) => json(response, 200, { ...PLAN, dryRun: false });
    expect(await start(['apply', '-f', file, '--json'], openSync('/dev/full', 'w')).ended).toBe(1);
  });
});
