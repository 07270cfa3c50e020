import { build } from '../../../tools/stack/build.ts';

/** `npm run faults`: real processes, real faults, one oracle (see e2e/src/faults/scenarios). */
async function main(): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  const aborted = new Promise<number>((resolve) => stopping.signal.addEventListener('abort', () => resolve(130)));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  // What follows imports the libraries, which a fresh clone has not built yet.
  await build(stopping.signal);
  const { faultOptions, UsageError } = await import('./options.ts');
  const { SCENARIOS } = await import('./scenarios/scenarios.ts');
  const { runSuite } = await import('./suite.ts');
  try {
    const names = SCENARIOS.map(({ name }) => name);
    const options = faultOptions(process.argv.slice(2), names);
    if (options.list) {
      for (const { name, about } of SCENARIOS) say(`${name}: ${about}`);
      return 0;
    }
    const named = options.names.flatMap((name) => SCENARIOS.find((scenario) => scenario.name === name) ?? []);
    const chosen = named.length === 0 ? SCENARIOS : named;
    // The reaper ends the processes when a signal cuts the run short.
    return await Promise.race([
      runSuite(chosen, options, say, stopping.signal).then((clean) => (clean ? 0 : 1)),
      aborted,
    ]);
  } catch (error) {
    say(error instanceof UsageError ? error.message : String((error as Error).stack ?? error));
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exit(await main());
