import { MESSAGE_MAX_CHARACTERS } from '../cli.bounds.ts';

export interface ServerSentEvent {
  type: string;
  data: string;
}

/**
 * Reads an event stream (WHATWG HTML, 9.2.6) piece by piece. An `id` counts once its block has ended, also of a block
 * without data.
 */
export class ServerSentEvents {
  /** Where a stream can be resumed, or null. */
  lastEventId: string | null = null;
  /** Milliseconds, once the stream has said so. */
  retryMs: number | null = null;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #id: string | null = null;
  #type = '';
  #data: string[] = [];
  #size = 0;

  /** Events that this piece completes. Throws where a line or an event has no end. */
  read(piece: Uint8Array): ServerSentEvent[] {
    this.#rest += this.#decoder.decode(piece, { stream: true });
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#size + this.#rest.length > MESSAGE_MAX_CHARACTERS) throw new Error('a message without an end');
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerSentEvent[] {
    if (line === '') return this.#block();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#size += line.length;
    if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'event') this.#type = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  #block(): ServerSentEvent[] {
    if (this.#id !== null) this.lastEventId = this.#id === '' ? null : this.#id;
    const events = this.#data.length === 0 ? [] : [{ type: this.#type || 'message', data: this.#data.join('\n') }];
    this.#type = '';
    this.#data = [];
    this.#size = 0;
    return events;
  }
}
