const METRICS_PORT_MAX = 65_535;

/** What the preloaded telemetry does, from the environment alone: it runs before any code of a service. */
export interface TelemetrySettings {
  serviceName: string;
  traces: boolean;
  /** Metrics by OTLP. */
  pushMetrics: boolean;
  /** Port of the Prometheus page, or null. */
  metricsPort: number | null;
  host: string;
}

function serviceNameOf(environment: NodeJS.ProcessEnv, mainPath: string): string {
  const given = environment.HOOKSTILE_SERVICE || environment.OTEL_SERVICE_NAME;
  if (given) return given;
  // A service is started as `apps/<service>/dist/main.js`.
  return /apps\/([a-z-]+)\/(?:dist|src)\//.exec(mainPath)?.[1] ?? 'hookstile';
}

function metricsPortOf(text: string | undefined): number | null {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= METRICS_PORT_MAX ? port : null;
}

export function telemetrySettings(environment: NodeJS.ProcessEnv, mainPath: string): TelemetrySettings {
  const disabled = environment.OTEL_SDK_DISABLED === 'true';
  const endpoint = Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT);
  const on = (signal: 'TRACES' | 'METRICS') =>
    !disabled &&
    environment[`OTEL_${signal}_EXPORTER`] !== 'none' &&
    (endpoint || Boolean(environment[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]));
  return {
    serviceName: serviceNameOf(environment, mainPath),
    traces: on('TRACES'),
    pushMetrics: on('METRICS'),
    metricsPort: disabled ? null : metricsPortOf(environment.METRICS_PORT),
    host: environment.HOST || '0.0.0.0',
  };
}
