import { runDemo } from './demo/run-demo.ts';
import { stackSettings } from './settings.ts';
import { runStack } from './stack.ts';
import { messageOf, StackProblem } from './stack-problem.error.ts';
import { StopRequest } from './stop-request.ts';
import { summaryOf } from './summary.ts';
import { seconds, Terminal } from './terminal.ts';

/** `npm start`: see the README. Ends with 0 after Ctrl-C or SIGTERM, with 1 when the stack could not come up. */
async function main(): Promise<number> {
  const startedMs = performance.now();
  const terminal = new Terminal();
  const stop = new StopRequest();
  stop.listen();
  stop.stopping.addEventListener('abort', () => {
    const reason = messageOf(stop.stopping.reason);
    terminal.line(`\nStopping (${reason}). Services first, then the database and the broker.`);
  });
  try {
    const settings = stackSettings(process.env);
    terminal.line(`Starting Hookstile on ports ${settings.port}…${settings.port + 19}, data in ${settings.home}`);
    await runStack(settings, terminal, stop, async (stack) => {
      terminal.line(`Ready after ${seconds(performance.now() - startedMs)}.`);
      const demo = settings.demo ? await runDemo(stack, terminal, stop.stopping) : null;
      for (const line of summaryOf(stack, demo)) terminal.line(line);
    });
  } catch (error) {
    if (!stop.asked) {
      terminal.line(error instanceof StackProblem ? `\n${error.message}` : `\n${(error as Error).stack ?? error}`);
      return 1;
    }
  }
  terminal.line('Stopped.');
  return 0;
}

process.exit(await main());
