import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Counts the requests for each delivery: those below `/good` are taken, all others answered 500. */
export class CountingReceiver {
  readonly url: string;
  /** By `webhook-id`, of those that were taken. */
  readonly taken = new Map<string, number>();
  readonly #close: () => Promise<void>;

  private constructor(url: string, taken: Map<string, number>, close: () => Promise<void>) {
    this.url = url;
    this.taken = taken;
    this.#close = close;
  }

  static async start(): Promise<CountingReceiver> {
    const taken = new Map<string, number>();
    const server = createServer((request, response) => {
      request.resume();
      const isTaken = request.url?.startsWith('/good') ?? false;
      const id = String(request.headers['webhook-id']);
      if (isTaken) taken.set(id, (taken.get(id) ?? 0) + 1);
      response.statusCode = isTaken ? 204 : 500;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new CountingReceiver(`http://127.0.0.1:${port}`, taken, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  close(): Promise<void> {
    return this.#close();
  }
}
