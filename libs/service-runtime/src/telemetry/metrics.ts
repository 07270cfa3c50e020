import { type Attributes, metrics as api, type Meter } from '@opentelemetry/api';

const METER = 'hookstile';
const NAME_PREFIX = 'hookstile.';

export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;

export interface MetricOptions {
  description: string;
  /** UCUM: `ms`, `By`, `{delivery}`. */
  unit?: string;
  /** Of a histogram: upper bounds of its buckets. */
  boundaries?: readonly number[];
}

export interface Counter {
  add(value: number, attributes?: MetricAttributes): void;
}

export interface Histogram {
  record(value: number, attributes?: MetricAttributes): void;
}

export interface Measurement {
  value: number;
  attributes?: MetricAttributes;
}

export type GaugeCallback = () => number | readonly Measurement[];

function meter(): Meter {
  return api.getMeter(METER);
}

function fullName(name: string): string {
  return name.startsWith(NAME_PREFIX) ? name : NAME_PREFIX + name;
}

function base(options: MetricOptions) {
  return options.unit === undefined
    ? { description: options.description }
    : { description: options.description, unit: options.unit };
}

/** Instruments named `hookstile.*`; without telemetry they do nothing. */
export const metrics = {
  counter(name: string, options: MetricOptions): Counter {
    const counter = meter().createCounter(fullName(name), base(options));
    return { add: (value, attributes) => counter.add(value, attributes as Attributes) };
  },

  histogram(name: string, options: MetricOptions): Histogram {
    const advice = options.boundaries ? { advice: { explicitBucketBoundaries: [...options.boundaries] } } : {};
    const histogram = meter().createHistogram(fullName(name), { ...base(options), ...advice });
    return { record: (value, attributes) => histogram.record(value, attributes as Attributes) };
  },

  /** Reads `callback` at each collection. Returns what ends that. */
  gauge(name: string, options: MetricOptions, callback: GaugeCallback): () => void {
    const gauge = meter().createObservableGauge(fullName(name), base(options));
    const observe = (result: { observe(value: number, attributes?: Attributes): void }) => {
      const read = callback();
      if (typeof read === 'number') result.observe(read);
      else for (const { value, attributes } of read) result.observe(value, attributes as Attributes);
    };
    gauge.addCallback(observe);
    return () => gauge.removeCallback(observe);
  },
};

export type Metrics = typeof metrics;

export interface Telemetry {
  tracing: typeof import('./tracing.js').tracing;
  metrics: Metrics;
}

export const TELEMETRY = Symbol('Telemetry');
