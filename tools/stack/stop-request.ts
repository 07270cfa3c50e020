import { isRunning, type ProcessIdentity } from './processes/process-identity.ts';

/** One Ctrl-C can arrive several times at once (terminal, npm and the bootstrap pass it on): not yet a second one. */
const SAME_SIGNAL_MS = 1_000;
const FOREBEARS_POLL_MS = 1_000;

export class StopRequest {
  readonly #stopping = new AbortController();
  readonly #force = new AbortController();
  #firstAtMs: number | null = null;

  /** Aborted once the stack is to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborted once the user lost patience. */
  get force(): AbortSignal {
    return this.#force.signal;
  }

  /** Whether the user, or the end of the command above, asked for the stop; otherwise something failed. */
  get asked(): boolean {
    return this.#firstAtMs !== null;
  }

  /** Asked for from outside. */
  request(reason: string): void {
    this.#firstAtMs ??= performance.now();
    this.end(reason);
  }

  /** Stops what is under way, for a reason of our own. */
  end(reason: string): void {
    if (!this.#stopping.signal.aborted) this.#stopping.abort(new StopError(reason));
  }

  /** Ctrl-C again, later than the copies of the first. */
  interrupt(): void {
    if (this.#firstAtMs !== null && performance.now() - this.#firstAtMs > SAME_SIGNAL_MS) this.#force.abort();
    this.request('Ctrl-C');
  }

  listen(): void {
    process.on('SIGINT', () => this.interrupt());
    process.on('SIGTERM', () => this.request('SIGTERM'));
    process.on('SIGHUP', () => this.request('the terminal was closed'));
  }

  /** Stops when the command above us was killed: its children are not told by anyone else. */
  watch(forebears: readonly ProcessIdentity[]): void {
    setInterval(() => {
      if (!forebears.every((forebear) => isRunning(forebear))) this.request('the command that started it was killed');
    }, FOREBEARS_POLL_MS).unref();
  }
}

export class StopError extends Error {
  override readonly name = 'AbortError';
}
