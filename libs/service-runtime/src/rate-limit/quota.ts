import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';

const MS_PER_SECOND = 1_000;

export interface QuotaPolicy {
  /** How many in a window. */
  max: number;
  windowSeconds: number;
}

export interface QuotaUse {
  isExceeded: boolean;
  /** What is left until the window ends. */
  remaining: number;
  /** Whole seconds until then, at least one. */
  resetSeconds: number;
}

interface Window {
  endsAtMs: number;
  used: number;
}

/**
 * Counts what each name does within windows of time. A name's window begins with the first it does, and what is refused
 * does not make it longer. At most `namesMax` names are counted, so that memory is bounded whoever calls.
 */
export class Quota {
  private readonly windows: LRUCache<string, Window>;

  constructor(
    readonly policy: QuotaPolicy,
    namesMax: number,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.windows = new LRUCache({ max: namesMax });
  }

  /** Counts one for the name, unless its quota is exceeded. */
  spend(name: string): QuotaUse {
    const window = this.currentWindow(name);
    const isExceeded = window.used >= this.policy.max;
    if (!isExceeded) window.used += 1;
    return this.useOf(window, isExceeded);
  }

  /** How the name would fare with one more. */
  look(name: string): QuotaUse {
    const window = this.currentWindow(name);
    return this.useOf(window, window.used >= this.policy.max);
  }

  private currentWindow(name: string): Window {
    const known = this.windows.get(name);
    const nowMs = this.clock.monotonicMs();
    if (known && known.endsAtMs > nowMs) return known;
    const begun = { endsAtMs: nowMs + this.policy.windowSeconds * MS_PER_SECOND, used: 0 };
    this.windows.set(name, begun);
    return begun;
  }

  private useOf(window: Window, isExceeded: boolean): QuotaUse {
    const resetSeconds = Math.max(1, Math.ceil((window.endsAtMs - this.clock.monotonicMs()) / MS_PER_SECOND));
    return { isExceeded, remaining: Math.max(0, this.policy.max - window.used), resetSeconds };
  }
}
