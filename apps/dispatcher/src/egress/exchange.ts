import type { AttemptError } from '@hookstile/contracts';
import type { Dispatcher } from 'undici';
import { type Abortable, AbortLinks } from './abort-links.js';
import type { GivableUp } from './exchange-client.js';
import { KeptBody } from './kept-body.js';
import {
  BODY_GRACE_MS,
  DRAINED_BODY_MAX_BYTES,
  DRAINED_BODY_MAX_PIECES,
  INTERIM_ANSWERS_MAX,
  RESPONSE_HEADERS_MAX_COUNT,
} from './response.bounds.js';
import { transportFailureOf } from './transport-failure.js';

/** At its deadline an exchange takes what lies in the socket for so many turns of the event loop, as long as each finds more. */
const LAST_READ_TURNS_MAX = 32;

export interface ExchangeRequest {
  path: string;
  method: string;
  /** Name and value in turn. */
  headers: string[];
  body: Buffer;
  /** One deadline for all of it: waiting, connecting, sending, the answer's headers and its body. */
  timeoutMs: number;
  /** The body has until the deadline: for an answer that says nothing without it. By default it has a grace only. */
  awaitsBody?: boolean;
  signal: AbortSignal;
  /** Asked when undici is about to write: a process that was stopped meanwhile may have lost its right to send. */
  mayBegin(): boolean;
}

export interface ExchangeAnswer {
  status: number;
  headers: [string, string][];
  body: Buffer;
  /** Whether more of the body came, or might have come, than was kept. */
  truncated: boolean;
}

export type ExchangeResult = { answer: ExchangeAnswer } | { answer: null; error: AttemptError; detail: string };

type IncomingHeaders = Record<string, string | string[] | undefined>;

const abortLinks = new AbortLinks();

function pairsOf(headers: IncomingHeaders): [string, string][] {
  const pairs: [string, string][] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') pairs.push([name, value]);
    else for (const one of value ?? []) pairs.push([name, one]);
  }
  return pairs;
}

/**
 * Makes one HTTP request and resolves with its answer or why there was none; never rejects.
 * A raw dispatch handler: `request()` and `stream()` add a stream and an async resource a request. The deadline is one
 * Node timer: Node keeps timers of equal duration in one list, so that thousands cost one entry in the event loop.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(request, resolve);
    if (handler.begin()) dispatcher.dispatch(handler.options, handler);
  });
}

class ExchangeHandler implements GivableUp, Abortable {
  readonly #request: ExchangeRequest;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #body = new KeptBody();
  #controller: Dispatcher.DispatchController | null = null;
  carrier: GivableUp['carrier'] = null;
  #timer: NodeJS.Timeout | null = null;
  #graceTimer: NodeJS.Timeout | null = null;
  #interimAnswers = 0;
  #status = 0;
  #headers: [string, string][] = [];
  #settled = false;
  /** Nothing of this exchange is wanted any more; the connection ends with it. */
  #givenUp = false;

  constructor(request: ExchangeRequest, resolve: (result: ExchangeResult) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  get isGivenUp(): boolean {
    return this.#givenUp;
  }

  get options(): Dispatcher.DispatchOptions {
    const { path, method, headers, body } = this.#request;
    return { path, method: method as Dispatcher.HttpMethod, headers, body };
  }

  /** Whether the exchange may be dispatched. */
  begin(): boolean {
    const { signal, timeoutMs } = this.#request;
    if (signal.aborted) {
      this.abort();
      return false;
    }
    abortLinks.add(signal, this);
    this.#timer = setTimeout(onDeadline, timeoutMs, this);
    return true;
  }

  /** Where the answer's headers have come, it is known how it ended. */
  abort(): void {
    if (this.#status !== 0) this.#answer(true);
    else this.#fail('aborted', 'The attempt was ended because the service stops or gave up its partition.');
  }

  onDeadline(): void {
    this.#endOnceRead(LAST_READ_TURNS_MAX);
  }

  /**
   * Timers run before what has come by then is read. In a process that stood still past the deadline the answer may have
   * lain in the socket for long: it is taken for what it is.
   */
  #endOnceRead(turns: number): void {
    const seen = this.#progress;
    // After the reads of this turn, or of the next.
    setImmediate(() => {
      if (this.#settled) return;
      if (turns > 1 && this.#progress > seen) this.#endOnceRead(turns - 1);
      else if (this.#status !== 0) this.#answer(true);
      else this.#fail('timeout', `No answer came within ${this.#request.timeoutMs} ms.`);
    });
  }

  /** Rises with whatever comes. */
  get #progress(): number {
    return this.#status + this.#body.receivedBytes;
  }

  /** undici is about to write: the last moment at which nothing has been sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#request.signal.aborted || !this.#request.mayBegin()) this.abort();
    if (this.#givenUp) controller.abort(new Error('given up'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    if (status < 200) {
      this.#interimAnswers += 1;
      if (this.#interimAnswers > INTERIM_ANSWERS_MAX) this.#refuse(`more than ${INTERIM_ANSWERS_MAX} interim answers`);
      return;
    }
    this.#status = status;
    this.#headers = pairsOf(headers);
    if (this.#headers.length > RESPONSE_HEADERS_MAX_COUNT) {
      this.#refuse(`more than ${RESPONSE_HEADERS_MAX_COUNT} headers`);
      return;
    }
    if (this.#request.awaitsBody) return;
    // Most answers are there whole with their headers; a timer is needed for the others only.
    queueMicrotask(() => this.#limitBody());
  }

  /** Beside the deadline, which goes on: whoever answers just before it gains nothing. */
  #limitBody(): void {
    if (!this.#settled) this.#graceTimer = setTimeout(onDeadline, BODY_GRACE_MS, this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const body = this.#body;
    body.add(chunk);
    if (body.receivedBytes > DRAINED_BODY_MAX_BYTES || body.receivedPieces > DRAINED_BODY_MAX_PIECES)
      this.#answer(true);
  }

  onResponseEnd(): void {
    this.#answer(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = transportFailureOf(error);
    if (this.#status !== 0) this.#answer(true);
    else this.#fail(failure.error, failure.detail);
  }

  /** Ends with the answer whose headers came; a body that is cut short gives up its connection. */
  #answer(cutShort: boolean): void {
    this.#settle({
      answer: {
        status: this.#status,
        headers: this.#headers,
        body: this.#body.bytes(),
        truncated: cutShort || this.#body.overflowed,
      },
    });
    if (cutShort) this.#giveUp();
  }

  #refuse(what: string): void {
    this.#fail('response_invalid', `The answer has ${what}.`);
  }

  #fail(error: AttemptError, detail: string): void {
    // Settled first: to abort the request makes undici report an error of its own.
    this.#settle({ answer: null, error, detail });
    this.#giveUp();
  }

  #giveUp(): void {
    this.#givenUp = true;
    if (this.#controller) this.#controller.abort(new Error('given up'));
    else this.carrier?.giveUpConnecting();
  }

  #settle(result: ExchangeResult): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#graceTimer) clearTimeout(this.#graceTimer);
    abortLinks.remove(this.#request.signal, this);
    this.#resolve(result);
  }
}

function onDeadline(handler: ExchangeHandler): void {
  handler.onDeadline();
}
