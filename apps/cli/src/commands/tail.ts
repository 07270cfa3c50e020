import { type CliError, usageError } from '../cli.error.ts';
import { type Context, clientOf } from '../context.ts';
import type { AccountOptions } from '../login/account.ts';
import { type AttemptRow, attemptLine } from '../tail/attempt-line.ts';
import { follow } from '../tail/follow.ts';
import { printable, printableJson } from '../terminal.ts';

/** Options that become filters of the stream, by the filter's name. */
export const TAIL_FILTERS = {
  integration: 'integrationId',
  event: 'eventId',
  delivery: 'deliveryId',
  type: 'eventType',
  status: 'httpStatus',
  outcome: 'outcome',
  error: 'error',
  trigger: 'trigger',
  search: 'q',
} as const;

export type TailOptions = AccountOptions & {
  [Name in keyof typeof TAIL_FILTERS]?: string;
} & {
  lastEventId?: string;
  /** How many attempts are shown before it ends. */
  count?: string;
  json?: boolean;
};

/** Shows attempts as they are made, until it is stopped. */
export async function tail(context: Context, options: TailOptions): Promise<void> {
  const client = await clientOf(context, options);
  let left = options.count === undefined ? Number.POSITIVE_INFINITY : countOf(options.count);
  const { terminal } = context;
  await follow(client, {
    path: pathOf(options),
    lastEventId: options.lastEventId ?? null,
    signal: context.untilStopped(),
    onEvent: ({ type, data }) => {
      if (type === 'gap') terminal.err(gapLine(data));
      if (type !== 'attempt') return true;
      terminal.out(`${options.json ? printableJson(data) : attemptLine(JSON.parse(data) as AttemptRow)}\n`);
      left -= 1;
      return left > 0;
    },
    onLost: (why) => terminal.err(`${why}; connecting again\n`),
  });
}

function pathOf(options: TailOptions): string {
  const filters = new URLSearchParams();
  for (const [option, filter] of Object.entries(TAIL_FILTERS)) {
    const value = options[option as keyof typeof TAIL_FILTERS];
    if (value !== undefined) filters.set(filter, value);
  }
  return `/v1/event-log/stream${filters.size > 0 ? `?${filters}` : ''}`;
}

function countOf(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw notACount(text);
  return count;
}

const notACount = (text: string): CliError => usageError(`--count: "${text}" is no number of attempts.`);

function gapLine(data: string): string {
  const { reason, since } = JSON.parse(data) as { reason: string; since: string };
  return `Attempts are missing here (${printable(reason)}): GET /v1/event-log?since=${printable(since)} has them.\n`;
}
