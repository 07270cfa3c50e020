import type { ApiClient } from '../api/api-client.ts';
import { type AppliedList, diffLines, secretLines, summaryLine } from '../apply/applied-lines.ts';
import { integrationList } from '../apply/integration-list.ts';
import { APPLY_TIMEOUT_MS } from '../cli.bounds.ts';
import { refused } from '../cli.error.ts';
import { type Context, clientOf, printJson } from '../context.ts';
import type { AccountOptions } from '../login/account.ts';
import { readInput } from './read-input.ts';

export interface ApplyOptions extends AccountOptions {
  file: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Makes the tenant's integrations be those of the file; shows first what that means, and asks before it deletes. */
export async function apply(context: Context, options: ApplyOptions): Promise<void> {
  const items = integrationList(await readInput(options.file, context.terminal), options.file);
  const client = await clientOf(context, options);
  const planned = await send(client, items, true);
  const { created, changed, deleted } = planned.summary;
  const ends = options.dryRun || created + changed + deleted === 0;
  if (options.json && ends) return printJson(context, planned);
  if (!options.json) print(context, [...diffLines(planned), `Planned: ${summaryLine(planned)}`]);
  if (ends) return;
  if (deleted > 0 && !options.yes) await confirm(context, options, planned);
  const applied = await send(client, items, false);
  if (options.json) return printJson(context, applied);
  print(context, [`Applied: ${summaryLine(applied)}`, ...secretLines(applied)]);
}

function send(client: ApiClient, items: readonly unknown[], dryRun: boolean): Promise<AppliedList> {
  const body = JSON.stringify({ items, dryRun });
  return client.call({ method: 'PUT', path: '/v1/integrations:apply', body, timeoutMs: APPLY_TIMEOUT_MS });
}

async function confirm({ terminal }: Context, { file, json }: ApplyOptions, planned: AppliedList): Promise<void> {
  const names = planned.items.filter(({ action }) => action === 'deleted').length;
  const what = names === 1 ? 'an integration' : `${names} integrations`;
  if (json || file === '-' || !terminal.isInteractive) {
    throw refused(
      `Nothing was done: this deletes ${what} that ${file === '-' ? 'the list' : file} leaves out. Say --yes to do so.`,
    );
  }
  const answer = await terminal.ask(`Delete ${what} and apply the rest? Type yes: `);
  if (answer.trim().toLowerCase() !== 'yes') throw refused('Nothing was done.');
}

const print = ({ terminal }: Context, lines: readonly string[]): void => terminal.out(`${lines.join('\n')}\n`);
