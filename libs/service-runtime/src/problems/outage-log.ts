import type { Logger } from 'pino';
import type { Clock } from '../clock.js';

/** While a dependency is away every request fails in the same way: a line in this time says it. */
export const OUTAGE_LOG_INTERVAL_MS = 1_000;
/** Kinds of outage that are told apart; more are not, at any one time. */
const KINDS_MAX = 50;

interface Kind {
  nextLineAtMs: number;
  /** Requests since the last line. */
  unsaid: number;
}

/** Logs requests that failed because something that they need is away, one line a kind and interval. */
export class OutageLog {
  readonly #kinds = new Map<string, Kind>();

  constructor(
    private readonly logger: Logger,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  note(error: Error, request: { method: string; path: string }): void {
    const nowMs = this.clock.monotonicMs();
    const name = `${error.name}: ${error.message}`;
    const kind = this.#kinds.get(name) ?? { nextLineAtMs: nowMs, unsaid: 0 };
    if (nowMs < kind.nextLineAtMs) {
      kind.unsaid += 1;
      return;
    }
    this.logger.warn({ err: error, ...request, alike: kind.unsaid }, 'a request needs what is away');
    if (this.#kinds.size >= KINDS_MAX) this.#kinds.clear();
    this.#kinds.set(name, { nextLineAtMs: nowMs + OUTAGE_LOG_INTERVAL_MS, unsaid: 0 });
  }
}
