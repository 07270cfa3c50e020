import { Webhook } from 'standardwebhooks';
import type { DemoWebhook } from './demo-setup.ts';
import type { Received } from './receiver.ts';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What is known of one webhook after the demo. */
export interface WebhookOutcome {
  webhook: DemoWebhook;
  sent: number;
  /** Requests of this demo at the receiver. */
  attempts: number;
  /** Different events that were answered with 2xx. */
  arrived: number;
  /** Events that got more than one attempt. */
  retried: number;
  inOrder: boolean;
  signed: number;
  /** Attempts that carried a trace; each event has one of its own. */
  traced: number;
  /** Between the attempts of the first event, in seconds. */
  firstGaps: number[];
}

/** Judges what a receiver got: numbers, order of first successes, and every signature with the official package. */
export function outcomeOf(
  webhook: DemoWebhook,
  received: readonly Received[],
  run: string,
  sent: number,
  secret: string,
): WebhookOutcome {
  const ours = received.flatMap((entry) => {
    const n = numberOf(entry.body, run);
    return n === null ? [] : [{ ...entry, n }];
  });
  const succeeded = [...new Set(ours.filter(({ status }) => status < 300).map(({ n }) => n))];
  const attemptsOf = Map.groupBy(ours, ({ n }) => n);
  return {
    webhook,
    sent,
    attempts: ours.length,
    arrived: succeeded.length,
    retried: [...attemptsOf.values()].filter((attempts) => attempts.length > 1).length,
    inOrder: succeeded.every((n, index) => index === 0 || n > (succeeded[index - 1] ?? 0)),
    signed: ours.filter((entry) => isSigned(entry, secret)).length,
    traced: ours.filter((entry) => TRACEPARENT.test(entry.headers.traceparent ?? '')).length,
    firstGaps: gapsOf(attemptsOf.get(1) ?? []),
  };
}

function gapsOf(attempts: readonly Received[]): number[] {
  const times = attempts.map(({ at }) => Date.parse(at));
  return times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1_000);
}

function numberOf(body: string, run: string): number | null {
  try {
    const { data } = JSON.parse(body) as { data?: { run?: unknown; n?: unknown } };
    return data?.run === run && typeof data.n === 'number' ? data.n : null;
  } catch {
    return null;
  }
}

function isSigned(entry: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(entry.body, entry.headers);
    return true;
  } catch {
    return false;
  }
}

export interface DisabledWebhook {
  reason: string | null;
  failures: number;
  held: number;
}

/** The table of the demo: a line a webhook. */
export function demoTable(outcomes: readonly WebhookOutcome[], dead: DisabledWebhook): string[] {
  const rows = outcomes.map((outcome) => [
    `/${outcome.webhook}`,
    `${outcome.arrived} of ${outcome.sent}`,
    String(outcome.attempts),
    outcome.arrived === 0 ? '-' : outcome.inOrder ? 'yes' : 'NO',
    `${outcome.signed} of ${outcome.attempts}`,
    `${outcome.traced} of ${outcome.attempts}`,
    storyOf(outcome, dead),
  ]);
  const head = ['webhook', 'arrived', 'attempts', 'in order', 'signed', 'traced', 'what happened'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function storyOf(outcome: WebhookOutcome, dead: DisabledWebhook): string {
  if (outcome.webhook === 'dead') {
    return dead.reason === null
      ? 'answers 503; NOT disabled yet'
      : `answers 503; disabled after ${dead.failures} failed pushes in a row (${dead.reason}); ${dead.held} held`;
  }
  if (outcome.arrived < outcome.sent) return 'NOT all arrived in time';
  if (outcome.retried === 0) return 'each delivered at once';
  const gaps = outcome.firstGaps.map((gap) => gap.toFixed(1)).join(' and ');
  return `the first was refused twice (503), retried after ${gaps} s; ${outcome.sent - 1} waited behind it`;
}
