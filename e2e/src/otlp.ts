import type { ReceivedRequest } from '@hookstile/testing';

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  service: string;
  attributes: Record<string, unknown>;
}

interface OtlpValue {
  stringValue?: string;
  intValue?: string | number;
  doubleValue?: number;
  boolValue?: boolean;
}

type OtlpAttributes = { key: string; value: OtlpValue }[];

interface OtlpExport {
  resourceSpans: {
    resource: { attributes: OtlpAttributes };
    scopeSpans: { spans: (Omit<Span, 'attributes' | 'service'> & { attributes: OtlpAttributes })[] }[];
  }[];
}

const plain = (attributes: OtlpAttributes): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? value.boolValue ?? Number(value.intValue),
    ]),
  );

/** The spans of one trace in what a collector received by OTLP over HTTP in JSON. */
export function spansOf(exports: readonly ReceivedRequest[], traceId: string): Span[] {
  const spans: Span[] = [];
  for (const { body } of exports) {
    const { resourceSpans } = JSON.parse(body.toString('utf8')) as OtlpExport;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(plain(resource.attributes)['service.name']);
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        if (span.traceId === traceId) spans.push({ ...span, service, attributes: plain(span.attributes) });
      }
    }
  }
  return spans;
}

export const traceIdOf = (traceparent: string): string | undefined => traceparent.split('-')[1];

export const spanIdOf = (traceparent: string): string | undefined => traceparent.split('-')[2];
