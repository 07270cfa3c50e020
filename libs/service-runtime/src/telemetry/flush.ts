const FLUSH_TIMEOUT_MS = 3_000;

type Flush = () => Promise<unknown>;

const flushes: Flush[] = [];

/** Registers what must leave the process before it ends; the preloaded telemetry does. */
export function onFlush(flush: Flush): void {
  flushes.push(flush);
}

/** Exports what telemetry still holds, within 3 seconds; never rejects: a collector that is away must not fail a stop. */
export async function flushTelemetry(): Promise<void> {
  if (flushes.length === 0) return;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
  await Promise.race([Promise.allSettled(flushes.map((flush) => flush())), late]);
  clearTimeout(timer);
}
