import { HttpSender, type SenderOptions } from './http-sender.ts';
import type { StreamTimes } from './load.types.ts';

export interface StreamOptions {
  sender: SenderOptions;
  /** Its global number. */
  stream: number;
  type: string;
  padding: string;
  onAccepted(stream: EventStream): void;
  onFailed(reason: string): void;
}

const now = (): number => performance.timeOrigin + performance.now();

/** The numbered events of one sender: the next goes out once the one before was accepted, thus they have an order. */
export class EventStream {
  readonly #sender: HttpSender;
  readonly #options: StreamOptions;
  #run = 0;
  #type = '';
  #sentMs: number[] = [];
  #acceptedMs: number[] = [];
  busy = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#sender = new HttpSender(options.sender, (error) => options.onFailed(error.message));
  }

  begin(run: number, fanOutType: string | null): void {
    this.#run = run;
    this.#type = fanOutType ?? this.#options.type;
    this.#sentMs = [];
    this.#acceptedMs = [];
  }

  send(): void {
    const { stream, padding, onAccepted, onFailed } = this.#options;
    const number = this.#sentMs.length;
    this.busy = true;
    this.#sentMs.push(now());
    const data = `{"r":${this.#run},"s":${stream},"n":${number},"text":"${padding}"}`;
    const id = `${this.#run}-${stream}-${number}`;
    this.#sender.post(`{"id":"${id}","type":"${this.#type}","data":${data}}`, (status, body) => {
      this.busy = false;
      if (status !== 202) return onFailed(`the front door answered ${status}: ${body.slice(0, 300)}`);
      this.#acceptedMs.push(now());
      onAccepted(this);
    });
  }

  get times(): StreamTimes {
    return { sentMs: Float64Array.from(this.#sentMs), acceptedMs: Float64Array.from(this.#acceptedMs) };
  }
}
