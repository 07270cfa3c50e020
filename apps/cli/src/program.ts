import { Command, CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './cli.error.ts';
import { type ApplyOptions, apply } from './commands/apply.ts';
import { type LoginOptions, login } from './commands/login.ts';
import { type RedeliverOptions, redeliver } from './commands/redeliver.ts';
import { type SendOptions, send } from './commands/send.ts';
import { type TailOptions, tail } from './commands/tail.ts';
import type { Context } from './context.ts';
import { printableLines } from './terminal.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the API cannot be reached or does not work.
HOOKSTILE_URL and HOOKSTILE_API_KEY (with HOOKSTILE_TENANT) take the place of a profile.`;

/** Runs one command; resolves with the exit code, after what went wrong was said in one sentence. */
export async function run(context: Context, args: readonly string[]): Promise<ExitCode> {
  try {
    await programFor(context).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has said what it found; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (!(error instanceof CliError)) throw error;
    // Whatever it quotes: a file may come from others, too.
    context.terminal.err(`${printableLines(error.message)}\n`);
    return error.exitCode;
  }
}

function programFor(context: Context): Command {
  const program = new Command('hookstile')
    .description('Configure integrations from a file, follow what is delivered, send events, deliver again.')
    .version(context.version)
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: context.terminal.out, writeErr: context.terminal.err });
  const command = (usage: string, description: string): Command =>
    program
      .command(usage)
      .description(description)
      .option('--profile <name>', 'the account to use; by default the one that was logged in to last')
      .option('--tenant <id>', 'with the platform key: the tenant to act for')
      .option('--json', 'print JSON');

  command('login', 'keep an address and a key, once both have been checked')
    .option('--url <url>', 'the address of the API')
    .option('--local [home]', 'the stack that "npm start" runs here, with its platform key')
    .addHelpText(
      'after',
      '\nThe key is asked for, or read from what is piped in; it is no option, since others can read those.',
    )
    .action((options: LoginOptions) => login(context, options));

  command('apply', 'make the integrations be those of a file; what it leaves out is deleted')
    .requiredOption('-f, --file <path>', 'YAML or JSON; "-" reads what is piped in')
    .option('--dry-run', 'only show what would be done')
    .option('--yes', 'delete without asking')
    .action((options: ApplyOptions) => apply(context, options));

  command('tail', 'show attempts as they are made; Ctrl-C ends it')
    .option('--integration <id>', 'of this integration')
    .option('--event <id>', 'of this event')
    .option('--delivery <id>', 'of this delivery')
    .option('--type <type>', 'of events of this type')
    .option('--status <code>', 'with this HTTP status')
    .option('--outcome <outcome>', 'succeeded or failed')
    .option('--error <error>', 'that failed so: timeout, dns, connect, …')
    .option('--trigger <trigger>', 'event, redelivery, recovery or test')
    .option('--search <text>', 'with this in an id, the type or the error')
    .option('--count <n>', 'end after so many')
    .option('--last-event-id <id>', 'go on where a stream was left')
    .action((options: TailOptions) => tail(context, options));

  command('send <type>', 'emit an event')
    .requiredOption('--data <json>', 'its data; "@file" reads a file, "-" what is piped in')
    .option('--subject <subject>', 'what it is about')
    .option('--id <id>', 'its id; the same source and id again is not delivered twice')
    .option('--source <source>', 'where it comes from')
    .option('--time <time>', 'when it happened, RFC 3339')
    .action((type: string, options: SendOptions) => send(context, type, options));

  command('redeliver <deliveryId>', 'send a delivery once more').action(
    (deliveryId: string, options: RedeliverOptions) => redeliver(context, deliveryId, options),
  );

  return program;
}
