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

/** Says whether bytes that a client sent are the request whose answer shall be lost. */
export type IsRequest = (bytes: Buffer) => boolean;

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
  sprung(): void;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Set once the request went through: its answer is not to arrive. */
  losing: Trap | null;
  silent: boolean;
}

/** A TCP proxy on this machine that misbehaves as it is told, between a service and a server that it depends on. */
export async function startFaultProxy({ target, port = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const links = new Set<Link>();
  let faults: LinkFaults = NONE;
  let trap: Trap | null = null;
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
  const pump = async (link: Link, from: Socket, to: Socket, onBytes: (bytes: Buffer) => boolean): Promise<void> => {
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        for (const piece of slices(bytes, faults.sliceBytes)) {
          await passes(link);
          if (!onBytes(piece)) return;
          if (!to.write(piece)) await drained(to);
        }
      }
      to.end();
    } catch {
      cut(link);
    }
  };
  const toServer = (link: Link) => (bytes: Buffer) => {
    if (trap?.isRequest(bytes)) {
      link.losing = trap;
      trap = null;
    }
    return true;
  };
  const toClient = (link: Link) => () => {
    if (link.losing === null) return true;
    const { sprung } = link.losing;
    cut(link);
    sprung();
    return false;
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
    const link: Link = { client, server: upstream, losing: null, silent: false };
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
  return {
    port: (server.address() as AddressInfo).port,
    set,
    heal: () => set(NONE),
    silence,
    reset,
    loseAnswerTo: (isRequest, signal) =>
      new Promise((resolve) => {
        const own: Trap = { isRequest, sprung: () => resolve(true) };
        trap = own;
        signal?.addEventListener('abort', () => {
          if (trap === own) trap = null;
          resolve(false);
        });
      }),
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
    socket.once('drain', resolve).once('close', () => reject(new Error('the socket is closed')));
  });
}

const KAFKA_PRODUCE_KEY = 0;
const KAFKA_SIZE_BYTES = 4;

/** A Kafka produce request, as far as its frame begins these bytes (kafkajs writes a frame at once). */
export function isKafkaProduce(bytes: Buffer): boolean {
  return bytes.length >= KAFKA_SIZE_BYTES + 2 && bytes.readInt16BE(KAFKA_SIZE_BYTES) === KAFKA_PRODUCE_KEY;
}

/** A Postgres commit, as the simple query that drivers send. */
export function isPostgresCommit(bytes: Buffer): boolean {
  return bytes.includes('COMMIT');
}
