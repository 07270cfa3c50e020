import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from './cli.error.ts';
import { processTerminal } from './process-terminal.ts';
import { run } from './program.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

let stopped: AbortController | null = null;

/** Only what goes on until it is told to stop ends in order; anything else ends at once, and is not carried on. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  stopped = stop;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

// Whoever follows may have seen enough. Otherwise what had to be said, a new secret among it, has reached nobody.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  const seenEnough = stopped !== null && code === 'EPIPE';
  if (!seenEnough) process.stderr.write(`What was to be printed could not be written (${code}).\n`);
  process.exit(seenEnough ? EXIT.done : EXIT.refused);
});

process.exitCode = await run(
  {
    terminal: processTerminal(process),
    environment: process.env,
    configHome: process.env.XDG_CONFIG_HOME || join(homedir(), '.config'),
    version,
    uniqueSuffix: String(process.pid),
    fetch,
    untilStopped,
  },
  process.argv.slice(2),
);
