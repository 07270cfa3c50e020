import { printable } from '../terminal.ts';

/** What a line shows of an attempt; rows have more. */
export interface AttemptRow {
  at: string;
  integrationId: string;
  deliveryId: string;
  deliveryIds: string[];
  eventType: string;
  attempt: number;
  trigger: string;
  outcome: 'succeeded' | 'failed';
  httpStatus: number | null;
  error: string | null;
  errorDetail?: string | null;
  durationMs: number;
  nextAttemptAt: string | null;
  request: { method: string; url: string };
}

/** `12:34:56.789 ok 200  12 ms  order.created  int_…  dlv_…  POST https://…` */
export function attemptLine(row: AttemptRow): string {
  const result =
    row.outcome === 'succeeded' ? `ok ${row.httpStatus ?? ''}` : `FAILED ${row.httpStatus ?? row.error ?? ''}`;
  const more = row.deliveryIds.length > 1 ? ` and ${row.deliveryIds.length - 1} more` : '';
  const parts = [
    row.at,
    result,
    `${Math.round(row.durationMs)} ms`,
    row.eventType,
    row.integrationId,
    `${row.deliveryId}${more}`,
    `${row.request.method} ${row.request.url}`,
    ...(row.attempt > 1 ? [`attempt ${row.attempt}`] : []),
    ...(row.trigger === 'event' ? [] : [row.trigger]),
    ...(row.outcome === 'failed' ? [reasonOf(row)] : []),
  ];
  return parts
    .filter((part) => part !== '')
    .map(printable)
    .join('  ');
}

function reasonOf({ error, errorDetail, nextAttemptAt }: AttemptRow): string {
  const why = errorDetail ?? error ?? '';
  return nextAttemptAt === null ? why : `${why}${why === '' ? '' : '; '}next ${nextAttemptAt}`;
}
