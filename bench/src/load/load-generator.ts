import { EventStream } from './event-stream.ts';
import type { LoadReport, LoadRun, LoadSettings } from './load.types.ts';

const TICK_MS = 5;
export const FAN_OUT_TYPE = 'bench.all';

/** Sends a run's events over all streams, in turn, within its rate or window. */
export class LoadGenerator {
  readonly #streams: EventStream[];
  readonly #report: (report: LoadReport) => void;
  #run: LoadRun | null = null;
  #endsAt = 0;
  #startedAt = 0;
  #sent = 0;
  #accepted = 0;
  #delivered = 0;
  #turn = 0;
  #ticker: NodeJS.Timeout | null = null;

  constructor(settings: LoadSettings, report: (report: LoadReport) => void) {
    this.#report = report;
    const padding = 'x'.repeat(settings.dataBytes);
    this.#streams = Array.from(
      { length: settings.integrations * settings.streams },
      (_, stream) =>
        new EventStream({
          sender: settings,
          stream,
          type: `bench.${Math.floor(stream / settings.streams)}`,
          padding,
          onAccepted: (which) => this.#onAccepted(which),
          onFailed: (reason) => report({ kind: 'failed', reason }),
        }),
    );
  }

  start(run: LoadRun): void {
    this.#run = run;
    if (run.backlog > 0) this.#endsAt = Number.POSITIVE_INFINITY;
    else this.#beginPaced(run);
    this.#sent = 0;
    this.#accepted = 0;
    this.#delivered = 0;
    for (const stream of this.#streams) stream.begin(run.run, run.fanOut ? FAN_OUT_TYPE : null);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  finish(): void {
    this.#endsAt = Math.min(this.#endsAt, performance.now());
    this.#tick();
  }

  delivered(count: number): void {
    this.#delivered = count;
    if (this.#run) this.#tick();
  }

  #onAccepted(stream: EventStream): void {
    this.#accepted += 1;
    const run = this.#run;
    if (!run) return;
    if (run.backlog > 0 && this.#accepted === run.backlog) {
      this.#beginPaced(run);
      this.#report({ kind: 'backlog sent' });
    }
    // Unpaced, a stream goes on at once; paced, the ticker says when.
    const unpaced = run.ratePerSecond === null || this.#sent < run.backlog;
    if (unpaced && this.#maySend(run)) this.#send(stream);
  }

  #beginPaced(run: LoadRun): void {
    this.#startedAt = performance.now();
    this.#endsAt = this.#startedAt + run.durationMs;
  }

  #maySend(run: LoadRun): boolean {
    if (performance.now() >= this.#endsAt) return false;
    if (this.#sent - this.#delivered / run.deliveriesPerEvent >= run.window) return false;
    if (this.#sent < run.backlog) return true;
    // Its last event is on its way.
    if (this.#accepted < run.backlog) return false;
    if (run.ratePerSecond === null) return true;
    const paced = this.#sent - run.backlog;
    return paced < ((performance.now() - this.#startedAt) / 1_000) * run.ratePerSecond;
  }

  #send(stream: EventStream): void {
    this.#sent += 1;
    stream.send();
  }

  /** Gives idle streams their turn, and ends the run once all that was sent is accepted. */
  #tick(): void {
    const run = this.#run;
    if (!run) return;
    for (let looked = 0; looked < this.#streams.length && this.#maySend(run); looked += 1) {
      const stream = this.#streams[this.#turn % this.#streams.length];
      this.#turn += 1;
      if (stream && !stream.busy) this.#send(stream);
    }
    if (performance.now() >= this.#endsAt && this.#accepted === this.#sent) this.#finish();
  }

  #finish(): void {
    this.#run = null;
    if (this.#ticker) clearInterval(this.#ticker);
    this.#report({
      kind: 'finished',
      accepted: this.#accepted,
      streams: this.#streams.map((stream) => stream.times),
    });
  }
}
