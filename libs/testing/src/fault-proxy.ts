import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a link does to what passes; all of it can change while connections are open. */
export interface LinkFaults {
  /** Each piece waits this long before it goes on, in either direction. */
  latencyMs: number;
  /** Pieces are at most this large, so that a frame comes in many; null = as they came. */
  sliceBytes: number | null;
  /** Half-open: connections are taken and stay, but nothing passes. It goes on where it was once this ends. */
  blackhole: boolean;
  /** Every new connection is reset at once. */
  refuse: boolean;
}

/** Says whether bytes that a client sent are the request that is meant. */
export type IsRequest = (bytes: Buffer) => boolean;

/** A request, or the answer to it, that stands still in the proxy while its connection stays open. */
export interface HeldPiece {
  /** What the client sent. */
  request: Buffer;
  /** It goes on. */
  release(): void;
  /** It never arrives: both sides are reset. */
  drop(): void;
}

export interface HoldOptions {
  /** The request before the server has it, or its answer after the server has given it. */
  what: 'request' | 'answer';
  isRequest: IsRequest;
  signal?: AbortSignal;
}

export interface FaultProxy {
  readonly port: number;
  /** Changes what is given and leaves the rest. */
  set(faults: Partial<LinkFaults>): void;
  /** All as without a proxy; connections that are open stay. */
  heal(): void;
  /** What is open now is half-open from here on, for good, as when a firewall forgot it; what comes passes. */
  silence(): void;
  /** Resets what is open on both sides. */
  reset(): void;
  /**
   * Holds the next request that fits, or its answer, and what follows it on its connection. Resolves when it is held,
   * with null when `signal` ended the wait.
   */
  hold(options: HoldOptions): Promise<HeldPiece | null>;
  /**
   * The next request that fits reaches the server; the server's answer is dropped and both sides are reset. Resolves
   * when that has happened, with false when `signal` ended the wait.
   */
  loseAnswerTo(isRequest: IsRequest, signal?: AbortSignal): Promise<boolean>;
  /** Connections that are open. */
  readonly connections: number;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  target: { host: string; port: number };
  /** By default any that is free. */
  port?: number;
}

const NONE: LinkFaults = { latencyMs: 0, sliceBytes: null, blackhole: false, refuse: false };

interface Trap {
  isRequest: IsRequest;
  what: HoldOptions['what'];
  sprung(held: HeldPiece): void;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Set once the request went through: its answer is to be held. */
  awaiting: { trap: Trap; request: Buffer } | null;
  silent: boolean;
}

/** A TCP proxy on this machine that misbehaves as it is told, between a service and a server that it depends on. */
export async function startFaultProxy({ target, port = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const links = new Set<Link>();
  let faults: LinkFaults = NONE;
  const traps = new Set<Trap>();
  let cleared = Promise.withResolvers<void>();

  const passes = async (link: Link): Promise<void> => {
    while (faults.blackhole || link.silent) await cleared.promise;
    if (faults.latencyMs > 0) await sleep(faults.latencyMs, undefined, { ref: false });
    // It may have begun while this piece was on its way.
    while (faults.blackhole || link.silent) await cleared.promise;
  };
  const cut = (link: Link): void => {
    links.delete(link);
    for (const socket of [link.client, link.server]) if (!socket.destroyed) socket.resetAndDestroy();
  };
  const pump = async (
    link: Link,
    from: Socket,
    to: Socket,
    onBytes: (bytes: Buffer) => Promise<void> | null,
  ): Promise<void> => {
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        for (const piece of slices(bytes, faults.sliceBytes)) {
          await passes(link);
          await onBytes(piece);
          if (!links.has(link)) return;
          if (!to.write(piece)) await drained(to);
        }
      }
      to.end();
    } catch {
      cut(link);
    }
  };
  const holding = (link: Link, trap: Trap, request: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const drop = () => {
        cut(link);
        resolve();
      };
      // Its client may go meanwhile.
      link.client.once('close', () => resolve());
      trap.sprung({ request, release: resolve, drop });
    });
  const toServer = (link: Link) => (bytes: Buffer) => {
    const trap = [...traps].find(({ isRequest }) => isRequest(bytes));
    if (trap === undefined) return null;
    traps.delete(trap);
    if (trap.what === 'request') return holding(link, trap, bytes);
    link.awaiting = { trap, request: bytes };
    return null;
  };
  const toClient = (link: Link) => () => {
    const { awaiting } = link;
    if (awaiting === null) return null;
    link.awaiting = null;
    return holding(link, awaiting.trap, awaiting.request);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => {});
    if (faults.refuse) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ ...target, allowHalfOpen: true });
    upstream.on('error', () => {});
    for (const socket of [client, upstream]) socket.setNoDelay(true);
    const link: Link = { client, server: upstream, awaiting: null, silent: false };
    links.add(link);
    for (const socket of [client, upstream]) socket.on('close', (hadError) => hadError && cut(link));
    client.on('close', () => upstream.destroyed && links.delete(link));
    upstream.on('close', () => client.destroyed && links.delete(link));
    void pump(link, client, upstream, toServer(link));
    void pump(link, upstream, client, toClient(link));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));

  const set = (change: Partial<LinkFaults>): void => {
    faults = { ...faults, ...change };
    if (faults.blackhole) return;
    cleared.resolve();
    cleared = Promise.withResolvers();
  };
  const reset = (): void => {
    for (const link of [...links]) cut(link);
  };
  const silence = (): void => {
    for (const link of links) link.silent = true;
  };
  const hold = ({ isRequest, what, signal }: HoldOptions): Promise<HeldPiece | null> =>
    new Promise((resolve) => {
      const trap: Trap = { isRequest, what, sprung: resolve };
      traps.add(trap);
      signal?.addEventListener('abort', () => {
        traps.delete(trap);
        resolve(null);
      });
    });
  return {
    port: (server.address() as AddressInfo).port,
    set,
    heal: () => set(NONE),
    silence,
    reset,
    hold,
    loseAnswerTo: async (isRequest, signal) => {
      const held = await hold({ what: 'answer', isRequest, ...(signal ? { signal } : {}) });
      held?.drop();
      return held !== null;
    },
    get connections() {
      return links.size;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      set(NONE);
      reset();
      await closed;
    },
  };
}

function* slices(bytes: Buffer, sliceBytes: number | null): Generator<Buffer> {
  const size = sliceBytes ?? bytes.length;
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new Error('the socket is closed'));
    const onClose = (): void => reject(new Error('the socket is closed'));
    socket.once('close', onClose).once('drain', () => {
      socket.off('close', onClose);
      resolve();
    });
  });
}
