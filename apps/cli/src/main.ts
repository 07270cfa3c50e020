import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { processTerminal } from './process-terminal.ts';
import { run } from './program.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
// Whoever reads what is printed may have seen enough.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await run(
  {
    terminal: processTerminal(process),
    environment: process.env,
    configHome: process.env.XDG_CONFIG_HOME || join(homedir(), '.config'),
    version,
    uniqueSuffix: String(process.pid),
    fetch,
    signal: stopped.signal,
  },
  process.argv.slice(2),
);
