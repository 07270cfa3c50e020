import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, ProblemError } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import { Places } from '../read/places.js';
import { CHUNK_BYTES, EXPORT_MAX_MS, EXPORT_PLACES, KEY_CHECK_INTERVAL_MS, STALL_TIMEOUT_MS } from './export.bounds.js';
import type { ExportMetrics } from './export-metrics.js';
import { ExportPages, PageSize, type WholeList } from './export-pages.js';
import { ExportCutError, type ExportEnd, ExportStream, type ExportStreamBounds } from './export-stream.js';
import type { ListStores, Snapshot, SnapshotStore } from './snapshot.store.js';

/** Whom an export is for. */
export interface ExportReader {
  tenantId: string;
  /** Whether the reader's key is still valid; rejects where that cannot be told. */
  stillAllowed(): Promise<boolean>;
  /** Breaks the connection where an export ends too early, so that no reader takes it for whole. */
  breakOff(): void;
  /** Calls back when the connection has closed. */
  onGone(gone: () => unknown): void;
}

export interface ExportSource<Row> {
  /** Of the list. */
  name: string;
  beginning: string;
  of(stores: ListStores): WholeList<Row>;
  lineOf(row: Row): string;
}

/** What went out so far. */
interface Exported {
  rows: number;
  bytes: number;
}

const BOUNDS: ExportStreamBounds = { stallTimeoutMs: STALL_TIMEOUT_MS, maxMs: EXPORT_MAX_MS };

/** All exports of a process. */
export class Exports {
  readonly #places = new Places(EXPORT_PLACES);
  readonly #streams = new Set<ExportStream>();
  readonly #stopObserving: () => void;
  #stopped = false;

  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: ExportMetrics,
    private readonly bounds = BOUNDS,
  ) {
    this.#stopObserving = metrics.observe(() => this.#places.taken);
  }

  /** Rejects, before anything was answered, where there is no place or the first page cannot be read. */
  async open<Row>(source: ExportSource<Row>, reader: ExportReader): Promise<Readable> {
    if (this.#stopped) throw new ProblemError('unavailable', 'this process is stopping');
    const leave = this.#places.take(reader.tenantId);
    try {
      const snapshot = await this.snapshots.open();
      return await this.#begin(source, reader, snapshot, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Cuts every export; their readers ask another process. */
  stop(): void {
    this.#stopped = true;
    this.#stopObserving();
    for (const stream of this.#streams) stream.cut('stopping');
  }

  async #begin<Row>(source: ExportSource<Row>, reader: ExportReader, snapshot: Snapshot, leave: () => void) {
    const begunAtMs = this.clock.monotonicMs();
    const exported: Exported = { rows: 0, bytes: 0 };
    const list = source.of(snapshot.stores);
    const size = new PageSize(list.pageMaxRows);
    const pages = new ExportPages(list, size);
    let stream: ExportStream | null = null;
    let isGone = false;
    reader.onGone(() => {
      isGone = true;
      return stream ? stream.destroy() : snapshot.end();
    });
    await pages.begun().catch(async (error: unknown) => {
      await snapshot.end();
      // That its statement was ended is nobody's fault, and nothing to log.
      throw isGone ? new ProblemError('unavailable', 'the reader has gone') : error;
    });
    const chunks = this.#checked(chunksOf(source, pages, size, exported), reader, snapshot);
    const ended = async (end: ExportEnd, error: Error | null) => {
      if (stream) this.#streams.delete(stream);
      if (end !== 'done' && end !== 'left') reader.breakOff();
      await snapshot.end();
      leave();
      this.metrics.ended(end, exported.rows);
      const durationMs = Math.round(this.clock.monotonicMs() - begunAtMs);
      const line = { list: source.name, tenantId: reader.tenantId, end, ...exported, durationMs };
      if (error) this.logger.error({ ...line, err: error }, 'an export failed');
      else this.logger.info(line, 'an export ended');
    };
    stream = new ExportStream(chunks, this.bounds, ended);
    this.#streams.add(stream);
    if (this.#stopped) stream.cut('stopping');
    return stream;
  }

  /** A key that cannot be checked lets nobody in, and keeps nobody in. */
  async *#checked(chunks: AsyncIterable<Buffer>, reader: ExportReader, snapshot: Snapshot): AsyncGenerator<Buffer> {
    let checkedAtMs = this.clock.monotonicMs();
    for await (const chunk of chunks) {
      const nowMs = this.clock.monotonicMs();
      if (nowMs - checkedAtMs >= KEY_CHECK_INTERVAL_MS) {
        checkedAtMs = nowMs;
        if (!(await reader.stillAllowed().catch(() => false))) throw new ExportCutError('key');
      }
      yield chunk;
    }
    // All was read; the reader may take its time for the last of it.
    await snapshot.end();
  }
}

async function* chunksOf<Row>(
  { beginning, lineOf }: ExportSource<Row>,
  pages: ExportPages<Row>,
  size: PageSize,
  exported: Exported,
): AsyncGenerator<Buffer> {
  let text = beginning;
  const taken = (): Buffer => {
    const chunk = Buffer.from(text);
    text = '';
    exported.bytes += chunk.length;
    return chunk;
  };
  for await (const rows of pages) {
    const bytesBefore = exported.bytes;
    for (const row of rows) {
      text += lineOf(row);
      exported.rows += 1;
      if (text.length < CHUNK_BYTES) continue;
      yield taken();
      // What else the process does goes on between two chunks, however fast the reader is.
      await nextTurn();
    }
    if (text !== '') yield taken();
    if (rows.length > 0) size.shown(rows.length, exported.bytes - bytesBefore);
  }
}
