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
  /** That it ever had. */
  readonly connected: number;
  close(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startHostileReceiver(receiver: HostileReceiver): Promise<RunningHostileReceiver> {
  const sockets = new Set<Socket>();
  let connected = 0;
  const server = createServer((socket) => {
    connected += 1;
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
    get connected() {
      return connected;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
