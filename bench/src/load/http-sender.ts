import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /content-length: (\d+)/i;

export interface SenderOptions {
  host: string;
  port: number;
  key: string;
  /** By default that of events. */
  path?: string;
  contentType?: string;
}

/**
 * One kept-alive connection that posts one event at a time: a client that costs as little as it can, so that the
 * machine's time goes to what is measured. Reads answers with a content-length only, as the front door sends them.
 */
export class HttpSender {
  readonly #target: { host: string; port: number };
  readonly #head: string;
  /** Opened by the first event, and again after the server has closed it for being idle. */
  #socket: Socket | null = null;
  #received = '';
  #onAnswer: ((status: number, body: string) => void) | null = null;
  #onError: (error: Error) => void;

  constructor(
    { host, port, key, path = '/v1/events', contentType = 'application/json' }: SenderOptions,
    onError: (error: Error) => void,
  ) {
    this.#onError = onError;
    this.#head =
      `POST ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: ${contentType}\r\ncontent-length: `;
    this.#target = { host, port };
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  /** @param body ASCII */
  post(body: string, onAnswer: (status: number, body: string) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket ??= this.#open();
    this.#socket.write(`${this.#head}${body.length}${HEAD_END}${body}`, 'latin1');
  }

  close(): void {
    this.#onError = () => {};
    this.#socket?.destroy();
  }

  #open(): Socket {
    this.#received = '';
    const socket = connect({ ...this.#target, noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', () => {
      this.#socket = null;
      if (this.#onAnswer) this.#onError(new Error('the front door closed a connection that waited for an answer'));
    });
    return socket;
  }

  #take(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = Number(CONTENT_LENGTH.exec(this.#received.slice(0, headEnd))?.[1] ?? 0);
    const bodyStart = headEnd + HEAD_END.length;
    if (this.#received.length < bodyStart + length) return;
    const status = Number(this.#received.slice(9, 12));
    const body = this.#received.slice(bodyStart, bodyStart + length);
    this.#received = this.#received.slice(bodyStart + length);
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(status, body);
  }
}
