import { chanceOf } from '../seeded-random.ts';

/** How an endpoint answers, and what its integration is told to do about it. */
export interface Endpoint {
  readonly settings: {
    retry: { delaysMs: readonly number[]; retryAfterMaxMs: number };
    disableAfter: number | null;
    ordering?: { mode: 'by-key'; key: string } | { mode: 'unordered'; maxConcurrency: number };
    batch?: { maxItems: number; maxWaitMs: number };
  };
  /** The answer to the `attempt`th request (from 1) for event `n`; a pure function, so that a run can be repeated. */
  answer(seed: number, n: number, attempt: number): { status: number; delayMs: number };
}

const RETRIES_MS = [150, 300, 600, 1_200, 2_400, 4_800];
const FAST_MAX_MS = 4;
const SLOW_MIN_MS = 15;
const SLOW_MAX_MS = 45;
const FLAKY_EVENTS = 0.06;
const FLAKY_FAILURES_MAX = 3;
const BROKEN_EVENTS = 0.04;
const DISABLE_AFTER = 5;

const fast = (seed: number, n: number) => Math.floor(chanceOf(seed, 'fast', n) * FAST_MAX_MS);

/** None asks for more time: then no wait is longer than the longest delay, whatever clocks say. */
const retries = (delaysMs: readonly number[]) => ({ delaysMs, retryAfterMaxMs: 0 });

/** Some events fail a few times and then succeed. */
const flaky: Endpoint['answer'] = (seed, n, attempt) => {
  const isFlaky = chanceOf(seed, 'flaky', n) < FLAKY_EVENTS;
  const failures = isFlaky ? 1 + Math.floor(chanceOf(seed, 'failures', n) * FLAKY_FAILURES_MAX) : 0;
  return { status: attempt <= failures ? 500 : 200, delayMs: fast(seed, n) };
};

export const ENDPOINTS = {
  healthy: {
    settings: { retry: retries(RETRIES_MS), disableAfter: null },
    answer: (seed, n) => ({ status: 200, delayMs: fast(seed, n) }),
  },
  slow: {
    settings: { retry: retries(RETRIES_MS), disableAfter: null },
    answer: (seed, n) => ({
      status: 200,
      delayMs: SLOW_MIN_MS + Math.floor(chanceOf(seed, 'slow', n) * (SLOW_MAX_MS - SLOW_MIN_MS)),
    }),
  },
  /** Lanes park and drain all the time. */
  flaky: { settings: { retry: retries(RETRIES_MS), disableAfter: null }, answer: flaky },
  /** The same with a lane for each key. */
  keyed: {
    settings: { retry: retries(RETRIES_MS), disableAfter: null, ordering: { mode: 'by-key', key: '/subject' } },
    answer: flaky,
  },
  /** The same without any order. */
  unordered: {
    settings: {
      retry: retries(RETRIES_MS),
      disableAfter: null,
      ordering: { mode: 'unordered', maxConcurrency: 4 },
    },
    answer: flaky,
  },
  /** The same with several deliveries a request; the first decides how it is answered. */
  batched: {
    settings: { retry: retries(RETRIES_MS), disableAfter: null, batch: { maxItems: 5, maxWaitMs: 100 } },
    answer: flaky,
  },
  /** Some events never succeed, and end as failed. */
  broken: {
    settings: { retry: retries([100]), disableAfter: null },
    answer: (seed, n) => ({ status: chanceOf(seed, 'broken', n) < BROKEN_EVENTS ? 500 : 200, delayMs: fast(seed, n) }),
  },
  /** Nothing succeeds: it is disabled after some failed pushes, and the rest is held. */
  dead: {
    settings: { retry: retries([100]), disableAfter: DISABLE_AFTER },
    answer: (seed, n) => ({ status: 503, delayMs: fast(seed, n) }),
  },
  /** Two failed pushes out of three, and never a disabling: the count goes up and down. */
  counting: {
    settings: { retry: retries([]), disableAfter: 1_000 },
    answer: (seed, n) => ({ status: chanceOf(seed, 'counting', n) < 2 / 3 ? 500 : 200, delayMs: fast(seed, n) }),
  },
} as const satisfies Readonly<Record<string, Endpoint>>;

export type EndpointKind = keyof typeof ENDPOINTS;
