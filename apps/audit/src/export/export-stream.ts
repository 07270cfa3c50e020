import { Readable } from 'node:stream';
import { CHUNK_BYTES } from './export.bounds.js';

/** Why an export ended. `left`: its reader went away. */
export type ExportEnd = 'done' | 'left' | 'stalled' | 'too_long' | 'key' | 'stopping' | 'failed';

/** Ends an export before its end; its reader sees a broken connection. */
export class ExportCutError extends Error {
  readonly code = 'export_cut';
  readonly retryable = true;

  constructor(readonly end: ExportEnd) {
    super(`the export was cut: ${end}`);
  }
}

export interface ExportStreamBounds {
  stallTimeoutMs: number;
  maxMs: number;
}

/** The bytes of an export at the pace of its reader: a chunk is made when the one before was taken. */
export class ExportStream extends Readable {
  #stall: NodeJS.Timeout | null = null;
  readonly #deadline: NodeJS.Timeout;

  constructor(
    private readonly chunks: AsyncIterator<Buffer>,
    private readonly bounds: ExportStreamBounds,
    private readonly ended: (end: ExportEnd, error: Error | null) => Promise<void>,
  ) {
    super({ highWaterMark: CHUNK_BYTES });
    // What ended it is told to `ended`; nobody else may be listening yet.
    this.on('error', () => undefined);
    this.#deadline = setTimeout(() => this.cut('too_long'), bounds.maxMs);
    this.#awaitReader();
  }

  cut(end: ExportEnd): void {
    this.destroy(new ExportCutError(end));
  }

  override _read(): void {
    this.#stopStall();
    this.chunks.next().then(
      ({ done, value }) => {
        if (this.destroyed) return;
        // Behind the last chunk, too, the reader has to take what there is.
        this.#awaitReader();
        this.push(done ? null : value);
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stopStall();
    clearTimeout(this.#deadline);
    const end = this.readableEnded ? 'done' : endOf(error);
    this.ended(end, end === 'failed' ? error : null).finally(() => done(error));
  }

  #awaitReader(): void {
    this.#stall = setTimeout(() => this.cut('stalled'), this.bounds.stallTimeoutMs);
  }

  #stopStall(): void {
    if (this.#stall) clearTimeout(this.#stall);
    this.#stall = null;
  }
}

function endOf(error: Error | null): ExportEnd {
  if (error === null) return 'left';
  return error instanceof ExportCutError ? error.end : 'failed';
}
