import type { IntegrationConfiguration } from '@hookstile/contracts';
import { type Matcher, TenantMatchers } from '@hookstile/event-ingest/matchers';
import { anEvent, anIntegration } from '@hookstile/testing';
import type { MatchCommand, Matched, MatchReport } from './match.types.ts';
import { dataOf, MATCH_CASES } from './match-cases.ts';
import { scanOf } from './scan.ts';

const TENANT = 'ten_1';
const EVENTS = 1_000;
const WARM_UP_EVENTS = 200;
const COMPARED_EVENTS = 20;
const SAMPLES_MAX = 200_000;
const US_A_MS = 1_000;

type MatchedEvent = Parameters<Matcher['match']>[0];
type Match = (event: MatchedEvent) => readonly IntegrationConfiguration[];

function timesOf(events: readonly MatchedEvent[], match: Match, durationMs: number): Float64Array {
  for (const event of events.slice(0, WARM_UP_EVENTS)) match(event);
  const times: number[] = [];
  const endsAt = performance.now() + durationMs;
  for (let n = 0; times.length < SAMPLES_MAX && performance.now() < endsAt; n += 1) {
    const event = events[n % events.length];
    if (!event) break;
    const startedAt = performance.now();
    match(event);
    times.push((performance.now() - startedAt) * US_A_MS);
  }
  return Float64Array.from(times);
}

const idsOf = (found: readonly IntegrationConfiguration[]): string => found.map(({ id }) => id).join();

function refuseOther(events: readonly MatchedEvent[], left: Match, right: Match): void {
  for (const event of events.slice(0, COMPARED_EVENTS)) {
    if (idsOf(left(event)) !== idsOf(right(event))) throw new Error(`they differ at ${event.data}`);
  }
}

function run({ case: name, integrations: count, dataBytes, durationMs }: MatchCommand): Matched {
  const integrations = Array.from({ length: count }, (_, n) =>
    anIntegration({
      id: `int_${String(n).padStart(8, '0')}`,
      settings: { eventTypes: ['device.*'], filter: MATCH_CASES[name](n) },
    }),
  );
  const events = Array.from({ length: EVENTS }, (_, n) => ({
    attributes: anEvent({ type: 'device.seen', id: `evt_${n}` }),
    data: dataOf(n * 7, count, dataBytes),
  }));
  const scan = scanOf(integrations);
  const scanned: Match = ({ attributes, data }) => scan(attributes.type, data);
  const [first] = events;
  const startedAt = performance.now();
  const matchers = new TenantMatchers();
  const matcher = matchers.of(TENANT, integrations);
  if (first) matcher.match(first);
  const firstMs = performance.now() - startedAt;
  const changed = integrations.map((integration, n) => (n === 0 ? { ...integration, version: 2 } : integration));
  const changedAt = performance.now();
  const after = matchers.of(TENANT, changed);
  if (first) after.match(first);
  const changedMs = performance.now() - changedAt;
  const indexed: Match = (event) => matcher.match(event);
  refuseOther(events, indexed, scanned);
  const matches = events.reduce((sum, event) => sum + matcher.match(event).length, 0) / events.length;
  const indexedUs = timesOf(events, indexed, durationMs);
  return { indexedUs, scannedUs: timesOf(events, scanned, durationMs), matches, firstMs, changedMs };
}

const report = (message: MatchReport): void => {
  process.send?.(message);
};

process.on('message', (command: MatchCommand) => {
  try {
    report({ kind: 'done', ...run(command) });
  } catch (error) {
    report({ kind: 'failed', reason: String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
