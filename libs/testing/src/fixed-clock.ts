/** Has the shape of service-runtime's `Clock`; time moves only by `advance`. */
export interface FixedClock {
  nowMs(): number;
  monotonicMs(): number;
  advance(ms: number): void;
}

export const FIXED_NOW = '2026-01-02T03:04:05.678Z';

export function fixedClock(startMs: number = Date.parse(FIXED_NOW)): FixedClock {
  let elapsedMs = 0;
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      elapsedMs += ms;
    },
  };
}
