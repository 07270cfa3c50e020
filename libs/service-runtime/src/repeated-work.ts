/** Work that is done again and again, one run at a time, by a process that stops in order. */
export class RepeatedWork {
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  /** @param work one run; it handles its own failures and looks at `isStopped` */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly intervalMs: number,
  ) {}

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** The first run begins at once. */
  start(): void {
    this.#timer = setInterval(() => void this.run(), this.intervalMs).unref();
    void this.run();
  }

  /** A run; the one under way where there is one. */
  run(): Promise<void> {
    this.#running ??= this.work().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Resolves when the run under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#running;
  }
}
