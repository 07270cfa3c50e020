import { connect, type Socket } from 'node:net';
import type { SlowKind, SlowPlan } from './slow.types.ts';

/** Some bytes so often: far below what any deadline asks for, and little work for the machine that is measured. */
const DRIP_INTERVAL_MS = 5_000;
const REOPEN_AFTER_MS = 1_000;
const ANNOUNCED_BYTES = 200_000;

const POST = 'POST /v1/events HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n';

function firstBytes(kind: SlowKind, key: string): string {
  switch (kind) {
    case 'half a head':
      return POST;
    case 'a slow body':
      return `${POST}authorization: Bearer ${key}\r\ncontent-length: ${ANNOUNCED_BYTES}\r\n\r\n{`;
    case "a stranger's body":
      return `${POST}content-length: ${ANNOUNCED_BYTES}\r\n\r\n{`;
    case 'idle':
      return 'GET /livez HTTP/1.1\r\nhost: bench\r\n\r\n';
  }
}

const DRIPS: Readonly<Record<SlowKind, string>> = {
  'half a head': 'x-slow: x\r\n',
  'a slow body': ' ',
  "a stranger's body": ' ',
  idle: '',
};

/** Holds a connection open for as long as the server lets it, and opens another one then. */
export class SlowConnection {
  isOpen = false;
  closed = 0;
  #socket: Socket | null = null;

  readonly #kind: SlowKind;
  readonly #plan: SlowPlan;

  constructor(kind: SlowKind, plan: SlowPlan) {
    this.#kind = kind;
    this.#plan = plan;
    this.#open();
    setInterval(() => this.#drip(), DRIP_INTERVAL_MS);
  }

  #open(): void {
    const { host, port, key } = this.#plan;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    socket.on('connect', () => {
      this.isOpen = true;
      socket.write(firstBytes(this.#kind, key), 'latin1');
    });
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      this.isOpen = false;
      this.closed += 1;
      setTimeout(() => this.#open(), REOPEN_AFTER_MS);
    });
  }

  #drip(): void {
    if (this.isOpen && DRIPS[this.#kind] !== '') this.#socket?.write(DRIPS[this.#kind], 'latin1');
  }
}
