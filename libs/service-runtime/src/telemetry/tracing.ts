import { traceIdOf } from '@hookstile/contracts';
import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import type { RandomBytes } from '../clock.js';
import { systemRandomBytes } from '../clock.js';

const TRACER = 'hookstile';
const SPAN_ID_BYTES = 8;
const TRACE_ID_BYTES = 16;
/** Where a `traceparent` has its trace id: behind `00-`. */
const TRACE_ID_FROM = 3;
const TRACE_ID_TO = TRACE_ID_FROM + 2 * TRACE_ID_BYTES;

export type TraceAttributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type SpanKindName = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Another trace that a span belongs to as well, such as one of a batch's records. */
export interface TraceLink {
  traceparent: string;
  attributes?: TraceAttributes;
}

export interface SpanOptions {
  kind: SpanKindName;
  /** W3C `traceparent` of what caused this, or null for a new trace. */
  parent: string | null;
  attributes?: TraceAttributes;
  links?: readonly TraceLink[];
}

export interface SpanHandle {
  /** W3C `traceparent` to be handed on; valid also where nothing is traced. */
  readonly traceparent: string;
  /** 32 hex digits of it. */
  readonly traceId: string;
  end(attributes?: TraceAttributes): void;
  /** Marks the span as failed; `end` must still be called. */
  fail(error: unknown): void;
}

/** What of an HTTP request the tracing looks at. */
export interface IncomingRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

const KINDS: Record<SpanKindName, SpanKind> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function contextOf(traceparent: string | null) {
  if (traceparent === null) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

class RecordedSpan implements SpanHandle {
  readonly traceparent: string;
  readonly traceId: string;

  constructor(private readonly span: Span) {
    this.traceparent = traceparentOf(span);
    this.traceId = span.spanContext().traceId;
  }

  end(attributes?: TraceAttributes): void {
    if (attributes) this.span.setAttributes(attributes as Attributes);
    this.span.end();
  }

  fail(error: unknown): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  }
}

class UnrecordedSpan implements SpanHandle {
  constructor(readonly traceparent: string) {}

  get traceId(): string {
    return this.traceparent.slice(TRACE_ID_FROM, TRACE_ID_TO);
  }

  end(): void {}
  fail(): void {}
}

/** A new, unsampled trace's `traceparent`. */
export function newTraceparent(randomBytes: RandomBytes): string {
  const random = hex(randomBytes(TRACE_ID_BYTES + SPAN_ID_BYTES));
  return `00-${random.slice(0, 2 * TRACE_ID_BYTES)}-${random.slice(2 * TRACE_ID_BYTES)}-00`;
}

/** The same trace and flags under a new span id; a new trace where the parent is absent or not valid. */
export function childTraceparent(parent: string | null, randomBytes: RandomBytes): string {
  if (parent === null || traceIdOf(parent) === null) return newTraceparent(randomBytes);
  return `${parent.slice(0, 36)}${hex(randomBytes(SPAN_ID_BYTES))}${parent.slice(52)}`;
}

/** Spans by hand, for what crosses topics and rows. With telemetry off a span costs one random span id. */
export const tracing = {
  /** Set by the preloaded telemetry module. */
  enabled: false,

  startSpan(name: string, options: SpanOptions): SpanHandle {
    if (!tracing.enabled) return new UnrecordedSpan(childTraceparent(options.parent, systemRandomBytes));
    const links = (options.links ?? []).flatMap((link) => {
      const linked = trace.getSpanContext(contextOf(link.traceparent));
      return linked ? [{ context: linked, attributes: (link.attributes ?? {}) as Attributes }] : [];
    });
    const span = trace
      .getTracer(TRACER)
      .startSpan(
        name,
        { kind: KINDS[options.kind], attributes: (options.attributes ?? {}) as Attributes, links },
        contextOf(options.parent),
      );
    if (isSpanContextValid(span.spanContext())) return new RecordedSpan(span);
    return new UnrecordedSpan(childTraceparent(options.parent, systemRandomBytes));
  },

  /** The `traceparent` of the HTTP request being served: the server span's, else the header's, else a new one. */
  incoming(request: IncomingRequest): string {
    const active = tracing.enabled ? trace.getSpan(context.active()) : undefined;
    if (active && isSpanContextValid(active.spanContext())) return traceparentOf(active);
    const header = request.headers.traceparent;
    if (typeof header === 'string' && traceIdOf(header) !== null) return header;
    return newTraceparent(systemRandomBytes);
  },

  /** Names the active server span by its route (`GET /v1/things/:id`): a span per address would be unbounded. */
  nameIncoming(method: string, route: string | undefined): void {
    if (!tracing.enabled || route === undefined) return;
    trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute(ATTR_HTTP_ROUTE, route);
  },

  newTraceparent,
};

export type Tracing = typeof tracing;
