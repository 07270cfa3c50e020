import { usageError } from '../cli.error.ts';
import { type Context, clientOf, printJson } from '../context.ts';
import type { AccountOptions } from '../login/account.ts';
import { printable } from '../terminal.ts';
import { readInput } from './read-input.ts';

export interface SendOptions extends AccountOptions {
  data: string;
  subject?: string;
  id?: string;
  source?: string;
  time?: string;
  json?: boolean;
}

/** Emits one event. */
export async function send(context: Context, type: string, options: SendOptions): Promise<void> {
  const { subject, id, source, time } = options;
  const data = await dataOf(context, options.data);
  const client = await clientOf(context, options);
  const attributes = JSON.stringify({ type, subject, id, source, time });
  // The data stays as it was written: numbers are not read and written anew.
  const body = `${attributes.slice(0, -1)},"data":${data}}`;
  const accepted = await client.call<{ id: string }>({ method: 'POST', path: '/v1/events', body });
  if (options.json) return printJson(context, accepted);
  context.terminal.out(`Accepted: ${printable(accepted.id)}\n`);
}

/** JSON itself, "@file", or "-" for what is piped in. */
async function dataOf({ terminal }: Context, given: string): Promise<string> {
  const isFile = given === '-' || given.startsWith('@');
  const text = isFile ? await readInput(given.replace(/^@/, ''), terminal) : given;
  try {
    JSON.parse(text);
  } catch (error) {
    throw usageError(`--data is no JSON: ${printable(error instanceof Error ? error.message : String(error))}`);
  }
  return text.trim();
}
