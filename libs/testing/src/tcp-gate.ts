import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpGate {
  /** The target's URL with the gate's port. */
  url: string;
  /** Connections that are open, on either side. */
  connections(): number;
  open(): Promise<void>;
  /** Cuts what is open and refuses what comes. */
  close(): void;
}

function couple(from: Socket, to: Socket, sockets: Set<Socket>): void {
  sockets.add(from);
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', () => {
    sockets.delete(from);
    to.destroy();
  });
}

/** An open way to a server that tests can shut and open again, to see what a service does without it. */
export async function tcpGate(targetUrl: string): Promise<TcpGate> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    couple(socket, upstream, sockets);
    couple(upstream, socket, sockets);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.port = String(port);
  return {
    url: url.href,
    connections: () => sockets.size,
    open: () => listen(port),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
