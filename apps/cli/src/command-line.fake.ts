import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { run } from './program.ts';

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (request: Received, response: ServerResponse) => void;

export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** An API that answers as a test says, and keeps what it was asked. */
export class FakeApi {
  readonly requests: Received[] = [];
  answer: Answer = (_request, response) => json(response, 200, {});
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(received);
    this.answer(received, response);
  });

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Somebody at a command line, with a configuration folder of their own. */
export class CommandLine {
  readonly configHome = mkdtempSync(join(tmpdir(), 'hookstile-cli-'));
  environment: Record<string, string> = {};
  /** What is piped in, or null: somebody sits there and types `answers`. */
  piped: string | null = null;
  answers: string[] = [];
  out = '';
  err = '';
  #runs = 0;
  readonly stop = new AbortController();

  /** Runs a command; `out` and `err` are what this run said. */
  async run(...args: string[]): Promise<number> {
    this.out = '';
    this.err = '';
    this.#runs += 1;
    return run(this.#context(), args);
  }

  #context(): Context {
    const answer = async () => this.answers.shift() ?? '';
    return {
      terminal: {
        out: (text) => {
          this.out += text;
        },
        err: (text) => {
          this.err += text;
        },
        isInteractive: this.piped === null,
        ask: answer,
        askSecretly: answer,
        input: async () => Buffer.from(this.piped ?? ''),
      },
      environment: this.environment,
      configHome: this.configHome,
      version: '0.0.0',
      uniqueSuffix: String(this.#runs),
      fetch,
      untilStopped: () => this.stop.signal,
    };
  }
}
