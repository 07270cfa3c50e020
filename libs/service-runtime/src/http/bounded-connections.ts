import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionBounds } from './http.bounds.js';

const UNDER_WAY = Symbol('UnderWay');

/** What a connection has under way; it lives as long as that, so that a request costs no object. */
interface UnderWay {
  requests: number;
  newest: IncomingMessage;
  answer: ServerResponse;
}

interface CountedSocket extends Socket {
  [UNDER_WAY]?: UnderWay;
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
  private readonly closing = new WeakSet<Socket>();
  private open = 0;

  /** @param onClosedForRoom is called for each connection that is closed because there is no room */
  constructor(
    server: Server,
    private readonly bounds: ConnectionBounds,
    private readonly onClosedForRoom: () => void = () => undefined,
  ) {
    const { answered } = this;
    server.on('connection', (socket: Socket) => this.take(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.serve(request, response);
      response.on('close', answered);
    });
  }

  get count(): number {
    return this.open;
  }

  /** Whether a connection serves more requests at a time than it may: the newest one is to be refused. */
  isCrowded({ socket }: IncomingMessage): boolean {
    return (underWayOn(socket)?.requests ?? 0) > this.bounds.pipelinedMax;
  }

  /**
   * Whether what breaks on a connection can be answered there: not while requests before it wait for theirs, since its
   * answer would be taken for one of those. Such a connection is closed behind them (`closeBehindAnswers`).
   */
  isAnswerable(socket: Socket): boolean {
    const underWay = underWayOn(socket);
    if (!underWay) return true;
    return underWay.requests === 1 && !underWay.newest.complete && !underWay.answer.headersSent;
  }

  /** Serves no further request of the connection, and closes it when those that it has sent are answered. */
  closeBehindAnswers(socket: Socket): void {
    this.closing.add(socket);
    const underWay = underWayOn(socket);
    // Nothing more comes of a body that broke off, so that an answer to it which is out already is the last.
    const isLastOut = underWay?.requests === 1 && !underWay.newest.complete && underWay.answer.headersSent;
    if (!underWay || isLastOut) socket.destroySoon();
  }

  isClosing({ socket }: IncomingMessage): boolean {
    return this.closing.has(socket);
  }

  /** A connection that was answered and only throws away what still comes has waited from now on: it may make room. */
  giveWay(socket: Socket): void {
    if (!socket.destroyed) this.waiting.add(socket);
  }

  private take(socket: Socket): void {
    if (this.open >= this.bounds.connectionsMax && !this.makeRoom()) {
      this.onClosedForRoom();
      socket.destroy();
      return;
    }
    this.open += 1;
    this.waiting.add(socket);
    socket.once('close', () => {
      this.open -= 1;
      this.waiting.delete(socket);
    });
  }

  /** The place is free when the connection's own `close` comes, in a moment: so long there is one too many. */
  private makeRoom(): boolean {
    const [longest] = this.waiting;
    if (!longest) return false;
    this.waiting.delete(longest);
    this.onClosedForRoom();
    longest.destroy();
    return true;
  }

  private serve(request: IncomingMessage, answer: ServerResponse): void {
    const socket: CountedSocket = request.socket;
    const underWay = socket[UNDER_WAY];
    if (!underWay || underWay.requests === 0) this.waiting.delete(socket);
    if (!underWay) socket[UNDER_WAY] = { requests: 1, newest: request, answer };
    else {
      underWay.requests += 1;
      underWay.newest = request;
      underWay.answer = answer;
    }
  }

  /** One listener for all answers; what it is called on is the one that has closed. */
  private readonly answered = ((connections: BoundedConnections) =>
    function answered(this: ServerResponse): void {
      connections.served(this.req.socket);
    })(this);

  private served(socket: CountedSocket): void {
    const underWay = socket[UNDER_WAY];
    if (!underWay) return;
    underWay.requests -= 1;
    if (underWay.requests > 0) return;
    if (this.closing.has(socket)) socket.destroySoon();
    else if (!socket.destroyed) this.waiting.add(socket);
  }
}

function underWayOn(socket: CountedSocket): UnderWay | undefined {
  const underWay = socket[UNDER_WAY];
  return underWay && underWay.requests > 0 ? underWay : undefined;
}
