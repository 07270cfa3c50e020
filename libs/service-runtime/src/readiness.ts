import { reasonOf } from './mask.js';
import { within } from './within.js';

const CHECK_TIMEOUT_MS = 2_000;

export const READINESS = Symbol('Readiness');

export type ReadinessCheck = () => Promise<void> | void;

export interface ReadinessReport {
  status: 'ready' | 'unready' | 'stopping';
  dependencies: Record<string, { status: 'up' | 'down'; detail?: string }>;
}

/** What must work before the service takes work: a check resolves, or rejects with the reason. */
export interface Readiness {
  register(name: string, check: ReadinessCheck): void;
}

export class ReadinessChecks implements Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;

  constructor(private readonly timeoutMs = CHECK_TIMEOUT_MS) {}

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From now on unready, so that a load balancer sends no more. */
  stop(): void {
    this.stopping = true;
  }

  async report(): Promise<ReadinessReport> {
    const dependencies: ReadinessReport['dependencies'] = {};
    await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        const late = () => new Error(`no answer within ${this.timeoutMs} ms`);
        // A check may throw before it answers.
        const answer = (async () => check())();
        dependencies[name] = await within(answer, this.timeoutMs, late).then(
          () => ({ status: 'up' as const }),
          (error: unknown) => ({ status: 'down' as const, detail: reasonOf(error) }),
        );
      }),
    );
    const up = Object.values(dependencies).every(({ status }) => status === 'up');
    if (this.stopping) return { status: 'stopping', dependencies };
    return { status: up ? 'ready' : 'unready', dependencies };
  }
}
