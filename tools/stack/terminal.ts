import { messageOf } from './stack-problem.error.ts';

const TICK_TTY_MS = 1_000;
const HEARTBEAT_MS = 15_000;
const CLEAR_LINE = '\r\x1b[2K';

/**
 * What the user sees: a line when a task begins and ends (with its seconds); on a terminal one moving line with all
 * that runs, elsewhere a sign of life from time to time.
 */
export class Terminal {
  readonly #running = new Map<string, number>();
  readonly #tty: boolean;
  readonly #out: NodeJS.WriteStream;
  #ticker: NodeJS.Timeout | null = null;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
    this.#tty = out.isTTY === true;
    // A closed pipe (npm start | head) must not end the stack half way.
    out.on('error', () => {});
  }

  line(text: string): void {
    this.#out.write(`${this.#tty ? CLEAR_LINE : ''}${text}\n`);
    this.#drawStatus();
  }

  async task<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    this.#running.set(name, startedMs);
    if (!this.#tty) this.line(`  … ${name}`);
    this.#tick();
    try {
      const result = await work();
      this.#running.delete(name);
      this.line(`  ✓ ${name} (${seconds(performance.now() - startedMs)})`);
      return result;
    } catch (error) {
      this.#running.delete(name);
      if (!isAbort(error)) this.line(`  ✗ ${name} (${seconds(performance.now() - startedMs)})`);
      throw error;
    } finally {
      this.#tick();
    }
  }

  #tick(): void {
    if (this.#running.size === 0) {
      clearInterval(this.#ticker ?? undefined);
      this.#ticker = null;
      if (this.#tty) this.#out.write(CLEAR_LINE);
      return;
    }
    this.#drawStatus();
    this.#ticker ??= setInterval(
      () => (this.#tty ? this.#drawStatus() : this.line(`    still at it: ${this.#status()}`)),
      this.#tty ? TICK_TTY_MS : HEARTBEAT_MS,
    ).unref();
  }

  #drawStatus(): void {
    if (!this.#tty || this.#running.size === 0) return;
    const width = this.#out.columns || 80;
    this.#out.write(`${CLEAR_LINE}${`  … ${this.#status()}`.slice(0, width - 1)}`);
  }

  #status(): string {
    const now = performance.now();
    return [...this.#running].map(([name, since]) => `${name} ${Math.round((now - since) / 1000)} s`).join(', ');
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || messageOf(error) === 'stopping');
}
