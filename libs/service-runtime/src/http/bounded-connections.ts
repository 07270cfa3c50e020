import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionBounds } from './http.bounds.js';

/** What a connection has under way. */
interface Served {
  requests: number;
  newest: IncomingMessage;
  answer: ServerResponse;
}

/**
 * Bounds a server's connections. At the bound a new one takes the place of the one that has waited for longest: that
 * serves no request, because it is idle, or has been sending the head of one since then. So nobody is kept out by
 * connections that do nothing, from however many addresses they come; and no address needs a bound, which behind a
 * gateway would be everybody's. Where all serve requests, the new one is closed.
 *
 * This module imports nothing that runs, so that the gateway can use it.
 */
export class BoundedConnections {
  /** By how long they wait, the longest first. */
  private readonly waiting = new Set<Socket>();
  private readonly serving = new Map<Socket, Served>();
  private readonly closing = new WeakSet<Socket>();

  /** @param onClosedForRoom is called for each connection that is closed because there is no room */
  constructor(
    server: Server,
    private readonly bounds: ConnectionBounds,
    private readonly onClosedForRoom: () => void = () => undefined,
  ) {
    server.on('connection', (socket: Socket) => this.open(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.serve(request, response),
    );
  }

  get count(): number {
    return this.waiting.size + this.serving.size;
  }

  /** Whether a connection serves more requests at a time than it may: the newest one is to be refused. */
  isCrowded({ socket }: IncomingMessage): boolean {
    return (this.serving.get(socket)?.requests ?? 0) > this.bounds.pipelinedMax;
  }

  /**
   * Whether what breaks on a connection can be answered there: not while requests before it wait for theirs, since its
   * answer would be taken for one of those. Such a connection is closed behind them (`closeBehindAnswers`).
   */
  isAnswerable(socket: Socket): boolean {
    const served = this.serving.get(socket);
    if (!served) return true;
    return served.requests === 1 && !served.newest.complete && !served.answer.headersSent;
  }

  /** Serves no further request of the connection, and closes it when those that it has sent are answered. */
  closeBehindAnswers(socket: Socket): void {
    this.closing.add(socket);
    const served = this.serving.get(socket);
    // Nothing more comes of a body that broke off, so that an answer to it which is out already is the last.
    const isLastOut = served?.requests === 1 && !served.newest.complete && served.answer.headersSent;
    if (!served || isLastOut) socket.destroySoon();
  }

  isClosing({ socket }: IncomingMessage): boolean {
    return this.closing.has(socket);
  }

  private open(socket: Socket): void {
    if (this.count >= this.bounds.connectionsMax && !this.makeRoom()) {
      this.onClosedForRoom();
      socket.destroy();
      return;
    }
    this.waiting.add(socket);
    socket.once('close', () => {
      this.waiting.delete(socket);
      this.serving.delete(socket);
    });
  }

  private makeRoom(): boolean {
    const [longest] = this.waiting;
    if (!longest) return false;
    // Its own `close` comes later, and the place is needed now.
    this.waiting.delete(longest);
    this.onClosedForRoom();
    longest.destroy();
    return true;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.waiting.delete(socket);
    const requests = (this.serving.get(socket)?.requests ?? 0) + 1;
    this.serving.set(socket, { requests, newest: request, answer: response });
    response.once('close', () => this.served(socket));
  }

  private served(socket: Socket): void {
    const served = this.serving.get(socket);
    if (!served) return;
    served.requests -= 1;
    if (served.requests > 0) return;
    this.serving.delete(socket);
    if (this.closing.has(socket)) socket.destroySoon();
    else if (!socket.destroyed) this.waiting.add(socket);
  }
}
