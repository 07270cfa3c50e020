import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Report {
  kind: string;
}

/** A child process that is told commands and reports back; both as plain objects, typed arrays included. */
export class Child<Command extends object, R extends Report> {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<string, { resolve: (report: R) => void; reject: (error: Error) => void }>();
  readonly #onReport: (report: R) => void;
  #failure: Error | null = null;

  constructor(file: string, onReport: (report: R) => void = () => {}) {
    this.#onReport = onReport;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), { serialization: 'advanced' });
    this.#process.on('message', (report: R) => this.#take(report));
    this.#process.once('exit', (code) => this.#fail(new Error(`${file} ended with code ${code}`)));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  tell(command: Command): void {
    if (this.#process.connected) this.#process.send(command);
  }

  /** Resolves with the next report of this kind; rejects when the child fails or ends first. */
  next<K extends R['kind']>(kind: K): Promise<Extract<R, { kind: K }>> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.set(kind, { resolve: (report) => resolve(report as Extract<R, { kind: K }>), reject });
    });
  }

  ask<K extends R['kind']>(command: Command, kind: K): Promise<Extract<R, { kind: K }>> {
    const answer = this.next(kind);
    this.tell(command);
    return answer;
  }

  end(): void {
    this.#process.removeAllListeners('exit');
    if (this.#process.connected) this.#process.disconnect();
  }

  #take(report: R): void {
    if (report.kind === 'failed') {
      this.#fail(new Error((report as unknown as { reason: string }).reason));
      return;
    }
    const waiting = this.#waiting.get(report.kind);
    this.#waiting.delete(report.kind);
    waiting?.resolve(report);
    this.#onReport(report);
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
