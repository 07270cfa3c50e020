import { reasonOf } from './mask.js';
import { within } from './within.js';

const CHECK_TIMEOUT_MS = 2_000;

export const READINESS = Symbol('Readiness');

export type ReadinessCheck = () => Promise<void> | void;

export interface ReadinessReport {
  status: 'ready' | 'unready' | 'stopping';
  /** `required: false`: requests are taken without it. */
  dependencies: Record<string, { status: 'up' | 'down'; detail?: string; required?: false }>;
}

/** What the service works with: a check resolves, or rejects with the reason. */
export interface Readiness {
  register(name: string, check: ReadinessCheck): void;
}

export class ReadinessChecks implements Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;
  private looking: Promise<ReadinessReport['dependencies']> | null = null;

  /** @param readyWithout names of dependencies that are looked at, and that requests are taken without */
  constructor(
    private readonly timeoutMs = CHECK_TIMEOUT_MS,
    private readonly readyWithout: ReadonlySet<string> = new Set(),
  ) {}

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From now on unready, so that a load balancer sends no more. */
  stop(): void {
    this.stopping = true;
  }

  /**
   * Who asks while somebody is told already is told the same: a probe needs no key, and however many come, what all
   * requests need, such as the pool of connections to Postgres, is asked for one of them.
   */
  async report(): Promise<ReadinessReport> {
    this.looking ??= this.look().finally(() => {
      this.looking = null;
    });
    const dependencies = await this.looking;
    const up = Object.values(dependencies).every(({ status, required = true }) => status === 'up' || !required);
    if (this.stopping) return { status: 'stopping', dependencies };
    return { status: up ? 'ready' : 'unready', dependencies };
  }

  private async look(): Promise<ReadinessReport['dependencies']> {
    const dependencies: ReadinessReport['dependencies'] = {};
    await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        const late = () => new Error(`no answer within ${this.timeoutMs} ms`);
        // A check may throw before it answers.
        const answer = (async () => check())();
        const state = await within(answer, this.timeoutMs, late).then(
          () => ({ status: 'up' as const }),
          (error: unknown) => ({ status: 'down' as const, detail: reasonOf(error) }),
        );
        dependencies[name] = this.readyWithout.has(name) ? { ...state, required: false } : state;
      }),
    );
    return dependencies;
  }
}
