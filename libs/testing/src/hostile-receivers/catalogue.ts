import { type AddressInfo, createServer, type Socket } from 'node:net';
import { HOSTILE_BODIES } from './hostile-bodies.js';
import { HOSTILE_CONNECTIONS } from './hostile-connections.js';
import { hostileHandshakes } from './hostile-handshakes.js';
import { HOSTILE_HEADS } from './hostile-heads.js';
import type { HostileReceiver } from './hostile-receiver.types.js';

export { HOSTILE_RETRY_AFTERS } from './hostile-connections.js';
export type { Ending, HostileReceiver } from './hostile-receiver.types.js';

/** All of them: who adds a line to one of the lists adds it to every suite. */
export async function hostileReceivers(): Promise<HostileReceiver[]> {
  return [...HOSTILE_HEADS, ...HOSTILE_BODIES, ...HOSTILE_CONNECTIONS, ...(await hostileHandshakes())];
}

export interface RunningHostileReceiver extends HostileReceiver {
  url: string;
  /** Connections that stand. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Of what nothing but its deadline ends; and of what ends by another bound, in a process that meets many at a time. */
const SHORT_TIMEOUT_MS = 500;
const LONG_TIMEOUT_MS = 10_000;
/** Nothing may outlast its deadline by so much. */
export const HANG_MS = 1_000;

export function timeoutMsOf({ endsByDeadline }: { endsByDeadline: boolean }): number {
  return endsByDeadline ? SHORT_TIMEOUT_MS : LONG_TIMEOUT_MS;
}

/** What a request needs to trust a receiver that has an authority of its own. */
export function trustIn({ ca }: HostileReceiver): { tls?: { verify: boolean; ca: string } } {
  return ca === undefined ? {} : { tls: { verify: true, ca } };
}

/** Met at a time: what they flood a test's process with must not make it late. */
const MET_AT_ONCE = 20;

/** Meets all of them, many at a time. */
export async function meetAll(
  receivers: readonly HostileReceiver[],
  meet: (receiver: HostileReceiver) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < receivers.length; from += MET_AT_ONCE) {
    await Promise.all(receivers.slice(from, from + MET_AT_ONCE).map(meet));
  }
}

/** What came of some work, and how much later than a timer of the same deadline: a process that is late with everything is excused. */
export async function timed<T>(timeoutMs: number, work: Promise<T>): Promise<{ result: T; lateMs: number }> {
  let overAtMs = Number.POSITIVE_INFINITY;
  const timer = setTimeout(() => {
    overAtMs = performance.now();
  }, timeoutMs);
  const result = await work;
  clearTimeout(timer);
  return { result, lateMs: Math.max(0, performance.now() - overAtMs) };
}

/** Starts one on a port of its own. */
export async function startHostileReceiver(receiver: HostileReceiver): Promise<RunningHostileReceiver> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    receiver.treat(socket);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...receiver,
    url: `${receiver.scheme}://127.0.0.1:${port}/`,
    get connections() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
