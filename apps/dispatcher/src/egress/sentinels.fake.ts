import { createServer, type Server } from 'node:net';
import { INSIDE_ADDRESS, PUBLIC_ADDRESS } from '@hookstile/testing/hostile-names';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A server at the address that stands for a public one, and sentinels on the same port inside, which nobody may reach. */
export interface Sentinels {
  readonly port: number;
  /** Connections to the public address, of which each makes one request. */
  readonly reached: number;
  /** Connections to the inside. */
  readonly hits: number;
  close(): void;
}

export async function startSentinels(answer = ANSWER): Promise<Sentinels> {
  const counts = { reached: 0, hits: 0 };
  const servers: Server[] = [];
  const listen = async (address: string, port: number, counted: keyof typeof counts): Promise<number> => {
    const server = createServer((socket) => {
      counts[counted] += 1;
      socket.on('error', () => undefined).on('data', () => socket.end(answer));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : 0;
  };
  const port = await listen(PUBLIC_ADDRESS, 0, 'reached');
  await listen(INSIDE_ADDRESS, port, 'hits');
  await listen('::1', port, 'hits');
  return {
    port,
    get reached() {
      return counts.reached;
    },
    get hits() {
      return counts.hits;
    },
    close: () => {
      for (const server of servers) server.close();
    },
  };
}
