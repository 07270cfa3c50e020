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
/** Less would not be worth the start. */
const SECONDS_MIN = 5;
const MS_A_SECOND = 1_000;

export interface PassSetting {
  python: string;
  baseUrl: string;
  document: Document;
  /** Of the pass; null: none is sent. */
  key: string | null;
  /** Sent along by the platform key. */
  tenantId: string | null;
  /** For all phases together; null: as long as they take. */
  seconds: number | null;
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

/**
 * The examples first, however long they take: each operation succeeds with one. The other phases have what is left of the
 * pass's time.
 */
export async function runPass(pass: Pass, setting: PassSetting): Promise<PassReport[]> {
  const startedMs = performance.now();
  const isFirst = (phase: string) => phase === 'examples';
  const first = pass.phases.some(isFirst) ? [await runPhases('examples', pass, { ...setting, seconds: null })] : [];
  const left = (setting.seconds ?? 0) - (performance.now() - startedMs) / MS_A_SECOND;
  const others = pass.phases.filter((phase) => !isFirst(phase));
  const seconds = Math.max(SECONDS_MIN, Math.round(left));
  return [...first, await runPhases(others.join(','), pass, { ...setting, seconds })];
}

/** Runs schemathesis once, to its end. */
async function runPhases(phases: string, pass: Pass, setting: PassSetting): Promise<PassReport> {
  const { directory, document } = setting;
  const at = (ending: string) => join(directory, `${pass.name}-${phases.replaceAll(',', '-')}.${ending}`);
  writeFileSync(at('openapi.json'), JSON.stringify(document));
  const { ended } = await spawnOwned(setting.owned, {
    name: `schemathesis ${pass.name}`,
    stage: 'services',
    stopSignal: 'SIGTERM',
    graceMs: GRACE_MS,
    command: setting.python,
    args: argumentsOf(phases, pass, setting, at),
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
    cwd: directory,
    logFile: at('log'),
  });
  return { path: at('ndjson'), ended: await ended, printed: tailOf(at('log')) };
}

function argumentsOf(phases: string, pass: Pass, setting: PassSetting, at: (ending: string) => string): string[] {
  const { baseUrl, key, tenantId, seconds, seed } = setting;
  const headers = [
    ...(key === null ? [] : [`Authorization: Bearer ${key}`]),
    ...(tenantId === null ? [] : [`Hookstile-Tenant: ${tenantId}`]),
  ];
  return [
    ...['-m', 'schemathesis.cli', '--config-file', CONFIGURATION, 'run', at('openapi.json'), '--url', baseUrl],
    ...headers.flatMap((header) => ['--header', header]),
    ...['--phases', phases, ...(seconds === null ? [] : ['--max-time', String(seconds)])],
    ...['--seed', String(seed), '--workers', String(WORKERS), '--no-color'],
    ...['--report', 'ndjson', '--report-ndjson-path', at('ndjson')],
    ...(pass.only ? ['--include-operation-id-regex', pass.only.source] : []),
    ...(pass.without ?? []).flatMap((id) => ['--exclude-operation-id', id]),
  ];
}
