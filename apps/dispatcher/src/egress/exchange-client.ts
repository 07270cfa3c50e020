import { type buildConnector, Client, type Dispatcher } from 'undici';
import { boundReads, type Received } from './bounded-reads.js';
import { ConnectingGivenUpError } from './connecting-given-up.error.js';

export interface ConnectOptions extends buildConnector.Options {
  /** Nobody waits for the connection any more. */
  signal?: AbortSignal;
}

/** A connector that ends what it began where the signal fires. */
export type Connect = (options: ConnectOptions, callback: buildConnector.Callback) => void;

/** A request that can be given up before it is written. */
export interface GivableUp extends Dispatcher.DispatchHandler {
  readonly isGivenUp: boolean;
  /** By whom it waits to be written; told when it is given up. */
  carrier: { giveUpConnecting(): void } | null;
}

/** The one connection of a client. */
class Connection {
  readonly received: Received = { bytes: 0 };
  readonly #connect: Connect;
  #pending: AbortController | null = null;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  begin(options: buildConnector.Options, callback: buildConnector.Callback): void {
    const pending = new AbortController();
    const { signal } = pending;
    this.#pending = pending;
    const end: buildConnector.Callback = (...[error, socket]) => {
      if (this.#pending !== pending) {
        socket?.destroy();
        return;
      }
      this.#pending = null;
      if (error !== null) return callback(error, null);
      boundReads(socket, this.received);
      callback(null, socket);
    };
    signal.addEventListener('abort', () => end(new ConnectingGivenUpError(), null));
    this.#connect({ ...options, signal }, end);
  }

  giveUp(): void {
    this.#pending?.abort();
  }
}

/**
 * A connection, one request at a time, that lets go of what nobody waits for. undici connects for a request whose
 * deadline is over, and keeps it until then: behind an endpoint that never answers a handshake requests would
 * pile up, with their bodies, faster than they leave.
 */
export class ExchangeClient extends Client {
  readonly #connection: Connection;

  constructor(origin: URL, options: Client.Options, connect: Connect) {
    const connection = new Connection(connect);
    super(origin, { ...options, connect: (to, callback) => connection.begin(to, callback) });
    this.#connection = connection;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: GivableUp): boolean {
    if (handler.isGivenUp) return true;
    handler.carrier = this;
    this.#connection.received.bytes = 0;
    return super.dispatch(options, handler);
  }

  giveUpConnecting(): void {
    this.#connection.giveUp();
  }
}
