import { connect } from 'node:net';
import { until } from '@hookstile/testing';

/** An answer begins right behind the body of the one before it. */
const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /g;

/** A connection that says its bytes as they are given, and keeps what it is told. */
export class RawClient {
  text = '';
  isClosed = false;
  errorCode: string | null = null;
  private readonly socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code ?? error.message;
    });
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  /** Of all answers so far, informational ones included. */
  get statuses(): number[] {
    return [...this.text.matchAll(STATUS_LINE)].map(([, status]) => Number(status));
  }

  write(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  async answered(count = 1): Promise<number[]> {
    await until(() => this.statuses.length >= count, { what: `${count} answers` });
    return this.statuses;
  }

  async closed(): Promise<this> {
    await until(() => this.isClosed, { what: 'the end of the connection' });
    return this;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
