import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnedProcesses } from '../../../tools/stack/processes/owned-processes.ts';
import { spawnOwned, tailOf } from '../../../tools/stack/processes/spawn-owned.ts';
import type { Document } from './fuzzed-document.ts';
import type { Pass } from './passes.ts';

const CONFIGURATION = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
/** Python 3.11 compiles wrongly in several threads at a time (SystemError: AST constructor recursion depth mismatch). */
const WORKERS = 1;
const GRACE_MS = 5_000;

export interface PassSetting {
  python: string;
  baseUrl: string;
  document: Document;
  /** Of the pass; null: none is sent. */
  key: string | null;
  /** Sent along by the platform key. */
  tenantId: string | null;
  seconds: number;
  seed: number;
  /** Where the report and what was printed go. */
  directory: string;
  owned: OwnedProcesses;
}

export interface PassReport {
  /** A JSON document a line: what was asked and answered. */
  path: string;
  /** How the program ended, and the end of what it printed. */
  ended: string;
  printed: string;
}

/** Runs schemathesis once, to its end. */
export async function runPass(pass: Pass, setting: PassSetting): Promise<PassReport> {
  const { directory, document } = setting;
  const at = (name: string) => join(directory, `${pass.name}${name}`);
  writeFileSync(at('.openapi.json'), JSON.stringify(document));
  const logFile = at('.log');
  const { ended } = await spawnOwned(setting.owned, {
    name: `schemathesis ${pass.name}`,
    stage: 'services',
    stopSignal: 'SIGTERM',
    graceMs: GRACE_MS,
    command: setting.python,
    args: argumentsOf(pass, setting, at),
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
    cwd: directory,
    logFile,
  });
  return { path: at('.ndjson'), ended: await ended, printed: tailOf(logFile) };
}

function argumentsOf(pass: Pass, setting: PassSetting, at: (name: string) => string): string[] {
  const { baseUrl, key, tenantId, seconds, seed } = setting;
  const headers = [
    ...(key === null ? [] : [`Authorization: Bearer ${key}`]),
    ...(tenantId === null ? [] : [`Hookstile-Tenant: ${tenantId}`]),
  ];
  return [
    ...['-m', 'schemathesis.cli', '--config-file', CONFIGURATION, 'run', at('.openapi.json'), '--url', baseUrl],
    ...headers.flatMap((header) => ['--header', header]),
    ...['--phases', pass.phases.join(','), '--max-time', String(Math.max(1, Math.round(seconds)))],
    ...['--seed', String(seed), '--workers', String(WORKERS), '--no-color'],
    ...['--report', 'ndjson', '--report-ndjson-path', at('.ndjson')],
    ...(pass.only ? ['--include-operation-id-regex', pass.only.source] : []),
    ...(pass.without ?? []).flatMap((id) => ['--exclude-operation-id', id]),
  ];
}
